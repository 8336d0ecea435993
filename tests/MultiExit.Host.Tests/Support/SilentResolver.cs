using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>A resolver that never answers, and the file that names it to the system's own look-ups.</summary>
internal sealed class SilentResolver : IDisposable
{
    private static int _last;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TemporaryFile _file;

    /// <param name="timeout">How long the system waits for each answer, in seconds.</param>
    public SilentResolver(int timeout)
    {
        IPAddress address = new([127, 0, 99, (byte)Interlocked.Increment(ref _last)]);
        _socket.Bind(new IPEndPoint(address, 53));
        _file = new TemporaryFile($"nameserver {address}\noptions timeout:{timeout} attempts:1\n", ".conf");
    }

    /// <summary>What a shell in a mount namespace of its own runs to take it.</summary>
    public string Take => $"mount --bind {_file.Path} /etc/resolv.conf";

    public void Dispose()
    {
        _socket.Dispose();
        _file.Dispose();
    }
}
