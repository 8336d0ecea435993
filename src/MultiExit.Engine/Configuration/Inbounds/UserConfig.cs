using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A user: who it is, what it proves that with, and what it may do. The same on every inbound that it may come in through.</summary>
/// <param name="Name">The name, 1 to 255 octets in UTF-8 (RFC 1929).</param>
/// <param name="Password">The password, 1 to 255 octets in UTF-8; null where only its hash is known, or there is none.</param>
/// <param name="PasswordHash">The hash of the password; null where the password is known, or there is none.</param>
public sealed record UserConfig(string Name, Secret? Password, PasswordHash? PasswordHash = null)
{
    /// <summary>The keys for tunnels (key <c>keys</c>): each is any text, or <c>base64:</c> and 32 bytes.</summary>
    public IReadOnlyList<NamedSecret> Keys { get; init; } = [];

    /// <summary>The tokens for ech-tunnel and websocket inbounds (key <c>tokens</c>).</summary>
    public IReadOnlyList<NamedSecret> Tokens { get; init; } = [];

    /// <summary>The keys for shadowsocks inbounds with a method of 2022 (key <c>psks</c>): 16 or 32 octets as base64, as long as the key of the
    /// method.</summary>
    public IReadOnlyList<NamedSecret> Psks { get; init; } = [];

    /// <summary>The certificates whose clients are this user where an inbound asks for them (key <c>certificate</c>).</summary>
    public IReadOnlyList<UserCertificate> Certificates { get; init; } = [];

    /// <summary>The addresses whose clients are this user without a login (key <c>networks</c>).</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>When the user ends (key <c>expires</c>): no login from then on, and live sessions are cut. Null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether the user may not log in (key <c>disabled</c>, default false).</summary>
    public bool Disabled { get; init; }

    /// <summary>The groups that it belongs to (key <c>groups</c>).</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Where it may go (key <c>allow</c>); null: anywhere.</summary>
    public UserDestinations? Allow { get; init; }

    /// <summary>Where it may not go (key <c>deny</c>), even if <see cref="Allow"/> says so; null: nowhere is forbidden.</summary>
    public UserDestinations? Deny { get; init; }

    /// <summary>What it may use (key <c>limits</c>); null: what <c>limits</c> of the configuration says. They are in
    /// <see cref="LimitsConfig.Users"/> as well.</summary>
    public ScopeLimits? Limits { get; init; }

    /// <summary>Whether it can log in with a password.</summary>
    internal bool HasPassword => Password is not null || PasswordHash is not null;

    /// <summary>The ways in which it can prove itself, by name and never by value: <c>password</c>, <c>key:laptop</c>, <c>token:ci</c>,
    /// <c>psk:phone</c>, <c>certificate:san</c>, <c>network:10.8.0.0/16</c>.</summary>
    public IReadOnlyList<string> Credentials =>
    [
        .. HasPassword ? ["password"] : Array.Empty<string>(),
        .. Keys.Select(key => $"key:{key.Name}"), .. Tokens.Select(token => $"token:{token.Name}"),
        .. Psks.Select(psk => $"psk:{psk.Name}"),
        .. Certificates.Select(certificate => LoginOf(certificate.Property)).Distinct(StringComparer.Ordinal),
        .. Networks.Select(network => $"network:{network}"),
    ];

    /// <summary>The word for a login by a certificate.</summary>
    internal static string LoginOf(CertificateProperty property) => property switch
    {
        CertificateProperty.Subject => "certificate:subject",
        CertificateProperty.CommonName => "certificate:cn",
        CertificateProperty.AlternativeName => "certificate:san",
        _ => "certificate:sha256",
    };
}
