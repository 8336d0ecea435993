using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A user of an inbound: it has a password or the hash of one.</summary>
/// <param name="Name">The name, 1 to 255 octets in UTF-8 (RFC 1929).</param>
/// <param name="Password">The password, 1 to 255 octets in UTF-8; null where only its hash is known.</param>
/// <param name="PasswordHash">The hash of the password; null where the password is known.</param>
public sealed record UserConfig(string Name, Secret? Password, PasswordHash? PasswordHash = null);
