using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>A TCP connection of a <see cref="ITransport"/>.</summary>
internal abstract class SocketStream : DuplexStream
{
    private Action? _disposed;

    /// <summary>The local end; IPv4-mapped addresses are given as IPv4.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>The peer's end; IPv4-mapped addresses are given as IPv4.</summary>
    public abstract IPEndPoint RemoteEndPoint { get; }

    /// <summary>Where the client has sent its packets, before the firewall of this host led them to this end (REDIRECT); the local end where it did not.
    /// Null where the system does not know the connection, or is not Linux. Asked of the system each time.</summary>
    public virtual IPEndPoint? OriginalDestination => null;

    /// <summary>True when a read would give bytes at once.</summary>
    public virtual bool HasBytes => false;

    /// <summary>Sets a callback, run once when the connection is disposed. Set by its creator, before any other code has it.</summary>
    public void OnDisposed(Action action) => _disposed += action;

    protected override void Dispose(bool disposing)
    {
        if (disposing) Interlocked.Exchange(ref _disposed, null)?.Invoke();
        base.Dispose(disposing);
    }
}
