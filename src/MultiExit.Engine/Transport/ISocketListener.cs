using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>A listening socket.</summary>
internal interface ISocketListener : IDisposable
{
    /// <summary>The bound address, with the real port.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The next connection, or null once the listener is disposed. Running out of descriptors is waited out here,
    /// never thrown.</summary>
    ValueTask<SocketStream?> AcceptAsync();
}
