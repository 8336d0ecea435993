using System.Net;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>The dashboard: where it listens, and who may look at it.</summary>
/// <param name="Listen">The address of its listener.</param>
public sealed record DashboardConfig(IPEndPoint Listen)
{
    /// <summary>The name that whoever logs in with <see cref="Token"/> has in the log and in versions.</summary>
    public const string TokenUser = "token";

    /// <summary>The same for <see cref="ReadToken"/>.</summary>
    public const string ReadTokenUser = "read-token";

    /// <summary>Lets whoever has it in as an operator; null: nobody. One of the three, this, <see cref="ReadToken"/> or <see cref="Users"/>, is
    /// needed.</summary>
    public Secret? Token { get; init; }

    /// <summary>Lets whoever has it in as a reader; null: nobody.</summary>
    public Secret? ReadToken { get; init; }

    /// <summary>Who may log in by name and password.</summary>
    public IReadOnlyList<DashboardUser> Users { get; init; } = [];

    /// <summary>Names and addresses by which browsers may ask for it, beside the listener's own and <c>localhost</c>.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>TLS on the listener; null: none.</summary>
    public TlsServerConfig? Tls { get; init; }

    /// <summary>What a configuration must not say, for documents and code alike; null where nothing is wrong.</summary>
    internal string? Contradiction =>
        Token is null && ReadToken is null && Users.Count == 0 ? "nobody could log in; expected `token`, `read_token`, or `users`"
        : Users.GroupBy(user => user.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? $"the user {twice.Key} is there twice"
        : Users.FirstOrDefault(user => user.Password is null && user.PasswordHash is null) is { } bare ? $"the user {bare.Name} has no password"
        : Token is not null && Users.Any(user => user.Name == TokenUser) ? $"the name {TokenUser} is that of whoever logs in with `token`; expected another one"
        : ReadToken is not null && Users.Any(user => user.Name == ReadTokenUser)
            ? $"the name {ReadTokenUser} is that of whoever logs in with `read_token`; expected another one"
        : Token is not null && ReadToken is not null && Token.Equals(ReadToken) ? "`token` and `read_token` are the same; expected two secrets"
        : null;
}
