using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>A socket in the <see cref="DescriptorAccount"/> of the process.</summary>
internal sealed class CountedSocket : Socket
{
    // A socket that could not be made is finalized all the same.
    private bool _counted;

    public CountedSocket(AddressFamily family, SocketType type, ProtocolType protocol) : base(family, type, protocol)
    {
        DescriptorAccount.Process.Opened();
        _counted = true;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref _counted, false)) DescriptorAccount.Process.Closed();
    }
}
