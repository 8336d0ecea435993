using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A live session, as it was when the object was made.</summary>
public sealed class MxSession
{
    internal MxSession(RunningServer server, SessionInfo info)
    {
        Server = server.Name;
        Socket = server.Socket;
        Id = info.Id;
        Inbound = info.Inbound;
        Client = info.Client;
        LocalAddress = info.Local.Address;
        User = info.User;
        Network = info.Network;
        Destination = info.Destination;
        Exit = info.Exit;
        Started = info.Started;
        BytesUp = info.BytesUp;
        BytesDown = info.BytesDown;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The number, unique within the server's life.</summary>
    public long Id { get; }

    /// <summary>The inbound's name.</summary>
    public string Inbound { get; }

    /// <summary>The client's address.</summary>
    public IPEndPoint Client { get; }

    /// <summary>The address of this host that the client came in on.</summary>
    public IPAddress LocalAddress { get; }

    /// <summary>The authenticated user; null where there is none.</summary>
    public string? User { get; }

    /// <summary>tcp or udp.</summary>
    public string Network { get; }

    /// <summary>Where it goes, host:port.</summary>
    public string Destination { get; }

    /// <summary>The exit that serves it; null while it dials.</summary>
    public string? Exit { get; }

    /// <summary>When the request came.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>Bytes from the client to the target.</summary>
    public long BytesUp { get; }

    /// <summary>Bytes from the target to the client.</summary>
    public long BytesDown { get; }

    /// <summary>The form <c>edge#12 client -> destination</c>.</summary>
    public override string ToString() => $"{Server}#{Id} {Client} -> {Destination}";
}
