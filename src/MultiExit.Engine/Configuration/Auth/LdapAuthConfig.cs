namespace MultiExit.Engine.Configuration.Auth;

/// <summary>A directory that users are bound at (RFC 4511): by a DN that is made of the name, or by one that is searched for.</summary>
public sealed record LdapAuthConfig : AuthConfig
{
    /// <summary>What stands for the name of the user in <see cref="UserDn"/> and <see cref="Filter"/>.</summary>
    public const string UserMark = "{user}";

    /// <summary>The server, <c>ldaps://host[:636]</c> or <c>ldap://host[:389]</c> (key <c>url</c>).</summary>
    public required Uri Url { get; init; }

    /// <summary>Whether a connection to <c>ldap://</c> becomes one of TLS before anything is sent (key <c>starttls</c>, default false).</summary>
    public bool StartTls { get; init; }

    /// <summary>A CA file (key <c>ca</c>, PEM, absolute path) that alone is trusted; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The DN of a user with <c>{user}</c> in it (key <c>user_dn</c>); null: it is searched for.</summary>
    public string? UserDn { get; init; }

    /// <summary>Who searches (key <c>bind_dn</c>); null: anybody may.</summary>
    public string? BindDn { get; init; }

    /// <summary>The password of <see cref="BindDn"/> (key <c>bind_password</c>).</summary>
    public Secret? BindPassword { get; init; }

    /// <summary>Where users are searched for (key <c>base</c>); null with <see cref="UserDn"/>.</summary>
    public string? Base { get; init; }

    /// <summary>What finds a user, with <c>{user}</c> in it (key <c>filter</c>, RFC 4515).</summary>
    public string Filter { get; init; } = "(uid={user})";

    /// <summary>Where the groups of a user are found (key <c>groups</c>); null: they are not asked for.</summary>
    public LdapGroupsConfig? Groups { get; init; }

    /// <inheritdoc/>
    public override string Type => "ldap";

    /// <inheritdoc/>
    public override string Place => Url.GetLeftPart(UriPartial.Authority);

    /// <summary>Whether TLS begins with the connection.</summary>
    internal bool IsTls => Url.Scheme == "ldaps";

    internal override bool IsInTheClear => !IsTls && !StartTls && !Url.IsLoopback;

    internal int Port => Url.Port > 0 ? Url.Port : IsTls ? 636 : 389;
}
