using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Dashboard;

/// <summary>The answer to <c>GET /session</c> and <c>POST /login</c>.</summary>
/// <param name="User">Who has logged in; null: nobody.</param>
/// <param name="Role">What the user may do.</param>
/// <param name="Token">Whether one can log in with a token.</param>
/// <param name="Users">Whether one can log in with a name and a password.</param>
/// <param name="Now">The server's clock.</param>
internal sealed record SessionAnswer(string? User, DashboardRole? Role, bool Token, bool Users, DateTimeOffset Now);
