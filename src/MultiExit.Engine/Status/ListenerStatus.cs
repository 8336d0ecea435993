using System.Net;

namespace MultiExit.Engine.Status;

/// <summary>A listener.</summary>
/// <param name="Inbound">The inbound's name.</param>
/// <param name="Type">The inbound's type.</param>
/// <param name="EndPoint">The bound address, with the real port.</param>
/// <param name="Tls">Whether clients speak TLS to it.</param>
public sealed record ListenerStatus(string Inbound, string Type, IPEndPoint EndPoint, bool Tls)
{
    /// <summary><c>tcp</c> or <c>udp</c>: an inbound that serves both has a listener for each.</summary>
    public string Network { get; init; } = "tcp";

    /// <summary>Failed logins at the inbound since the server's start, by the inbound's name.</summary>
    public long FailedLogins { get; init; }

    /// <summary>How much each key of a tunnel inbound, or token of an ech-tunnel inbound, is in use; empty for other types.</summary>
    public IReadOnlyList<SecretStatus> Secrets { get; init; } = [];
}
