namespace MultiExit.Engine.Status;

/// <summary>A user at a moment. The counts begin with the server and go on across reloads, by the user's name.</summary>
/// <param name="Name">The user; two inbounds that know the same name mean the same user here.</param>
/// <param name="Sessions">Live sessions, those that still dial included.</param>
/// <param name="TotalSessions">All sessions since the start, failed ones and live ones included.</param>
/// <param name="BytesUp">Bytes from the user to targets, in sessions live and ended.</param>
/// <param name="BytesDown">Bytes from targets to the user, in sessions live and ended.</param>
/// <param name="UsedThisMonth">Bytes in both directions this calendar month (UTC), kept over restarts; null when no user has a quota.</param>
/// <param name="Quota">The bytes that the user may move in a month; null: any number.</param>
public sealed record UserStatus(
    string Name, int Sessions, long TotalSessions, long BytesUp, long BytesDown, long? UsedThisMonth = null, long? Quota = null)
{
    /// <summary>The inbounds that the user may log in at; none once it has been taken out of the configuration.</summary>
    public IReadOnlyList<string> Inbounds { get; init; } = [];

    /// <summary>Whether it is one of the top-level <c>users</c>, and not one of inbounds alone.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether it may not log in.</summary>
    public bool Disabled { get; init; }

    /// <summary>When it ends, or has ended; null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The groups that it belongs to.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>How it can prove itself, by name and never by value: <c>password</c>, <c>key:laptop</c>, <c>token:ci</c>,
    /// <c>network:10.8.0.0/16</c>; of a user of a back-end how it came in last, <c>password:ldap</c>.</summary>
    public IReadOnlyList<string> Credentials { get; init; } = [];

    /// <summary>The type of the back-end that let it in last, <c>http</c>, <c>file</c>, <c>ldap</c> or <c>pam</c>; null: it is a user of the
    /// configuration.</summary>
    public string? BackEnd { get; init; }

    /// <summary>When it came in last; null: not since the server's start, or since it was taken out of the configuration.</summary>
    public DateTimeOffset? LastLogin { get; init; }

    /// <summary>Logins with the user's name, or a secret of it, that failed since the server's start.</summary>
    public long FailedLogins { get; init; }
}
