using System.Net.Sockets;
using System.Text;

namespace MultiExit.Host.Tests.Support;

/// <summary>The receiving end of sd_notify(3).</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket(bool isAbstract)
    {
        string unique = $"multiexit-{Guid.NewGuid():N}";
        Address = isAbstract ? "@" + unique : Path.Combine(Path.GetTempPath(), unique);
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + unique : Address));
    }

    /// <summary>The value of NOTIFY_SOCKET.</summary>
    public string Address { get; }

    public async Task<string> ReceiveAsync()
    {
        byte[] buffer = new byte[4096];
        int length = await _socket.ReceiveAsync(buffer).WaitAsync(HostProcess.Limit);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (Address[0] != '@') File.Delete(Address);
    }
}
