using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>A socket in the <see cref="DescriptorAccount"/> of the process.</summary>
internal sealed class CountedSocket : Socket
{
    private bool _closed;

    public CountedSocket(AddressFamily family, SocketType type, ProtocolType protocol) : base(family, type, protocol) =>
        DescriptorAccount.Process.Opened();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!Interlocked.Exchange(ref _closed, true)) DescriptorAccount.Process.Closed();
    }
}
