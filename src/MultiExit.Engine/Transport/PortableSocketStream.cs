using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>A connection on a .NET socket.</summary>
internal sealed class PortableSocketStream : SocketStream
{
    // A Unix socket has no addresses.
    private static readonly IPEndPoint Nowhere = new(IPAddress.None, 0);
    private const int PeerCredentials = 12;
    private readonly Socket _socket;
    private bool _counts;

    /// <param name="socket">The socket.</param>
    /// <param name="remote">The peer; given, because the system no longer reports one that has reset the connection already.</param>
    public PortableSocketStream(Socket socket, IPEndPoint remote)
    {
        _socket = socket;
        Count();
        LocalEndPoint = Unmap((IPEndPoint)socket.LocalEndPoint!);
        RemoteEndPoint = Unmap(remote);
    }

    private PortableSocketStream(Socket socket)
    {
        _socket = socket;
        Count();
        LocalEndPoint = RemoteEndPoint = Nowhere;
    }

    /// <summary>A connection on a Unix socket.</summary>
    public static DuplexStream OfUnix(Socket socket) => new PortableSocketStream(socket);

    /// <summary>The socket, for calls on Unix sockets.</summary>
    internal Socket Inner => _socket;

    public override IPEndPoint LocalEndPoint { get; }

    public override IPEndPoint RemoteEndPoint { get; }

    public override IPEndPoint? OriginalDestination =>
        OperatingSystem.IsLinux() ? Linux.OriginalDestination.Of(_socket, RemoteEndPoint.AddressFamily) : null;

    public override bool HasBytes
    {
        get
        {
            try
            {
                return _socket.Available > 0;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return false; // the next read reports it
            }
        }
    }

    /// <summary>The peer's user, of a Unix socket; null where the system does not report it.</summary>
    public string? PeerUser => PeerUserId is not { } user ? null : user == Libc.GetEffectiveUser() ? Environment.UserName : user == 0 ? "root" : $"uid {user}";

    /// <summary>Its number.</summary>
    public uint? PeerUserId
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return null;
            Span<byte> credentials = stackalloc byte[PeerCredentials]; // pid, uid, gid (unix(7))
            try
            {
                if (_socket.GetRawSocketOption(Libc.SolSocket, Libc.SoPeerCred, credentials) != PeerCredentials) return null;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return null; // gone already
            }
            return MemoryMarshal.Read<uint>(credentials[sizeof(int)..]);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int sent = await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                buffer = buffer[sent..];
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
        return default;
    }

    public override void Abort()
    {
        try
        {
            // Linger 0: close sends RST, so that the peer sees that this was no orderly end.
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Already closed: nothing left to abort.
        }
        CloseSocket();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) CloseSocket();
        base.Dispose(disposing);
    }

    // An accepted connection is counted here; a dialed one counts by itself.
    private void Count()
    {
        if (_socket is CountedSocket) return;
        _counts = true;
        DescriptorAccount.Process.Opened();
    }

    private void CloseSocket()
    {
        _socket.Dispose();
        if (Interlocked.Exchange(ref _counts, false)) DescriptorAccount.Process.Closed();
    }

    private static IPEndPoint Unmap(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
