using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>A user of the dashboard.</summary>
/// <param name="Name">The name, 1 to 255 octets in UTF-8.</param>
/// <param name="Password">The password, 1 to 255 octets in UTF-8; null where only its hash is known.</param>
/// <param name="Role">What the user may do.</param>
/// <param name="PasswordHash">The hash of the password; null where the password is known.</param>
public sealed record DashboardUser(string Name, Secret? Password, DashboardRole Role, PasswordHash? PasswordHash = null);
