using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A user of a server, as it was when the object was made.</summary>
public sealed class MxUser
{
    internal MxUser(ServerOrigin origin, UserStatus status)
    {
        (Server, Socket, Node) = origin;
        Name = status.Name;
        Sessions = status.Sessions;
        TotalSessions = status.TotalSessions;
        BytesUp = status.BytesUp;
        BytesDown = status.BytesDown;
        UsedThisMonth = status.UsedThisMonth;
        Quota = status.Quota;
        Inbounds = [.. status.Inbounds];
        FailedLogins = status.FailedLogins;
        Disabled = status.Disabled;
        Expires = status.Expires;
        Groups = [.. status.Groups];
        Credentials = [.. status.Credentials];
        LastLogin = status.LastLogin;
        IsShared = status.IsShared;
        BackEnd = status.BackEnd;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The node of the fleet that says so; null where one server was asked for its own.</summary>
    public string? Node { get; }

    /// <summary>The user's name.</summary>
    public string Name { get; }

    /// <summary>Live sessions.</summary>
    public int Sessions { get; }

    /// <summary>All sessions since the server's start.</summary>
    public long TotalSessions { get; }

    /// <summary>Bytes from the user to targets since the server's start.</summary>
    public long BytesUp { get; }

    /// <summary>Bytes from targets to the user since the server's start.</summary>
    public long BytesDown { get; }

    /// <summary>Bytes in both directions this calendar month (UTC); null when the server keeps no usage file.</summary>
    public long? UsedThisMonth { get; }

    /// <summary>What the user may move in a month; null: as much as it likes.</summary>
    public long? Quota { get; }

    /// <summary>The inbounds that the user may log in at; none once it has been taken out of the configuration.</summary>
    public string[] Inbounds { get; }

    /// <summary>Whether it may not log in.</summary>
    public bool Disabled { get; }

    /// <summary>When it ends, or has ended; null: never.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>The groups that it belongs to.</summary>
    public string[] Groups { get; }

    /// <summary>How it can prove itself, by name and never by value: password, key:laptop, token:ci, network:10.8.0.0/16; of a user of a
    /// back-end how it came in last, password:ldap.</summary>
    public string[] Credentials { get; }

    /// <summary>When it came in last; null: not since the server's start.</summary>
    public DateTimeOffset? LastLogin { get; }

    /// <summary>The type of the back-end that let it in last: http, file, ldap or pam; null for a user of the configuration.</summary>
    public string? BackEnd { get; }

    /// <summary>Whether it is one of the top-level users, and not one of inbounds alone.</summary>
    public bool IsShared { get; }

    /// <summary>Logins with the user's name, or a secret of it, that failed since the server's start.</summary>
    public long FailedLogins { get; }

    /// <summary>The user's name.</summary>
    public override string ToString() => Name;
}
