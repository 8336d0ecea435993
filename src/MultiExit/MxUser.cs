using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A user of a server, as it was when the object was made.</summary>
public sealed class MxUser
{
    internal MxUser(RunningServer server, UserStatus status)
    {
        Server = server.Name;
        Socket = server.Socket;
        Name = status.Name;
        Sessions = status.Sessions;
        TotalSessions = status.TotalSessions;
        BytesUp = status.BytesUp;
        BytesDown = status.BytesDown;
        UsedThisMonth = status.UsedThisMonth;
        Quota = status.Quota;
        Inbounds = [.. status.Inbounds];
        FailedLogins = status.FailedLogins;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

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

    /// <summary>Logins with the user's name and a wrong password since the server's start.</summary>
    public long FailedLogins { get; }

    /// <summary>The user's name.</summary>
    public override string ToString() => Name;
}
