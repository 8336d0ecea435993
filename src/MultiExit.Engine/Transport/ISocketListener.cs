using System.Net;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport;

/// <summary>A listening socket.</summary>
internal interface ISocketListener : IDisposable
{
    /// <summary>The bound address, with the real port.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>Whether the system lets another listener of this process bind the same port while this one has it: one address of it beside
    /// all addresses, or the other way round. Linux; elsewhere it changes nothing.</summary>
    bool SharesPort
    {
        set
        {
        }
    }

    /// <summary>The socket, to hand it to another process.</summary>
    SafeHandle Handle { get; }

    /// <summary>Whether connections are left in the queue of the socket, for another process that has it too or until this is false again.</summary>
    bool IsPaused { set; }

    /// <summary>The next connection, or null once the listener is disposed. When descriptors run out, it waits for some and does
    /// not throw.</summary>
    ValueTask<SocketStream?> AcceptAsync();
}
