using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A client that a server does not listen to because it failed to log in too often.</summary>
public sealed class MxLockedClient
{
    internal MxLockedClient(RunningServer server, LockedClient locked)
    {
        Server = server.Name;
        Socket = server.Socket;
        Client = locked.Client;
        Until = locked.Until;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The client: an IPv4 address, or the first address of an IPv6 /64.</summary>
    public IPAddress Client { get; }

    /// <summary>When it would have been let in again.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>The client's address.</summary>
    public override string ToString() => Client.ToString();
}
