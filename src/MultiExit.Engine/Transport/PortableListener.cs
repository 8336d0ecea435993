using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport;

/// <summary>A listener on a .NET socket.</summary>
internal sealed class PortableListener : ISocketListener
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private const int SolSocket = 1, SoReusePort = 15;

    private readonly Socket _socket;
    private readonly PauseGate _gate = new();
    private volatile bool _disposed;

    public PortableListener(IPEndPoint endPoint, SocketRoute route, bool besideOthers = false)
    {
        _socket = new CountedSocket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6) _socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any);
            route.ApplyTo(_socket);
            if (besideOthers) SharesPort = true;
            _socket.Bind(endPoint);
            _socket.Listen(4096);
            if (besideOthers) SharesPort = false;
        }
        catch (SocketException exception)
        {
            _socket.Dispose();
            throw SocketErrors.Listening(endPoint, exception);
        }
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    /// <summary>A socket that listens already, from another process.</summary>
    /// <exception cref="SocketException">It is no such socket.</exception>
    public PortableListener(PassedDescriptor passed)
    {
        _socket = new CountedSocket(passed);
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    public SafeHandle Handle => _socket.SafeHandle;

    public bool IsPaused
    {
        set => _gate.IsPaused = value;
    }

    /// <summary>Whether its clients are operators, who come in while others have to wait for descriptors.</summary>
    public bool IsForOperators { get; init; }

    public bool SharesPort
    {
        set
        {
            if (OperatingSystem.IsLinux()) _socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(value ? 1 : 0));
        }
    }

    public async ValueTask<SocketStream?> AcceptAsync()
    {
        while (true)
        {
            try
            {
                await _gate.WhenOpen.ConfigureAwait(false);
                if (_disposed) return null;
                if (IsForOperators) await DescriptorAccount.Process.WaitForOneAsync(() => _disposed).ConfigureAwait(false);
                else if (!DescriptorAccount.Process.MayAccept) await DescriptorAccount.Process.WaitForRoomAsync(() => _disposed).ConfigureAwait(false);
                Socket socket = await _socket.AcceptAsync(_gate.Pausing).ConfigureAwait(false);
                socket.NoDelay = true;
                return new PortableSocketStream(socket, (IPEndPoint)socket.RemoteEndPoint!);
            }
            catch (Exception) when (_disposed)
            {
                return null;
            }
            catch (OperationCanceledException)
            {
                // Held up.
            }
            catch (SocketException)
            {
                // Descriptors ran out, or the peer had already gone: the next accept may succeed, a little later.
                await Task.Delay(RetryDelay).ConfigureAwait(false);
            }
        }
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (OperatingSystem.IsLinux()) CountedSocket.Share(_socket);
        _socket.Dispose();
        _gate.Dispose();
    }
}
