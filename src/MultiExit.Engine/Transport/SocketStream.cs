using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>A TCP connection of a <see cref="ITransport"/>.</summary>
internal abstract class SocketStream : DuplexStream
{
    /// <summary>Our end; IPv4-mapped addresses are given as IPv4.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>The peer's end; IPv4-mapped addresses are given as IPv4.</summary>
    public abstract IPEndPoint RemoteEndPoint { get; }
}
