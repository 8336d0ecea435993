using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>Where a server listens.</summary>
public sealed class MxListener
{
    internal MxListener(ListenerStatus status)
    {
        Inbound = status.Inbound;
        Type = status.Type;
        EndPoint = status.EndPoint;
        Tls = status.Tls;
        Network = status.Network;
        FailedLogins = status.FailedLogins;
        Secrets = [.. status.Secrets.Select(secret => new MxSecretUse(secret))];
    }

    /// <summary>The inbound's name.</summary>
    public string Inbound { get; }

    /// <summary>The inbound's type: mixed, socks5, http, forward.</summary>
    public string Type { get; }

    /// <summary>The bound address with the real port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Whether clients speak TLS to it.</summary>
    public bool Tls { get; }

    /// <summary><c>tcp</c> or <c>udp</c>.</summary>
    public string Network { get; }

    /// <summary>Logins with wrong credentials at the inbound since the server's start.</summary>
    public long FailedLogins { get; }

    /// <summary>How much each key of a tunnel inbound, or token of an ech-tunnel inbound, is in use; empty for other types.</summary>
    public MxSecretUse[] Secrets { get; }

    /// <summary>The form <c>mixed 127.0.0.1:1080</c>.</summary>
    public override string ToString() => $"{Type}{(Tls ? "+tls" : "")}{(Network == "udp" ? "+udp" : "")} {EndPoint}";
}
