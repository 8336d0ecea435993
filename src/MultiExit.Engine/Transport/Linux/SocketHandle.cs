using Microsoft.Win32.SafeHandles;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>A descriptor that is closed when the last system call on it has returned, so that no thread can hit a reused number.</summary>
internal sealed class SocketHandle : SafeHandleMinusOneIsInvalid
{
    public SocketHandle(int descriptor) : base(ownsHandle: true)
    {
        SetHandle(descriptor);
        DescriptorAccount.Process.Opened();
    }

    /// <summary>The number; only for tables indexed by it.</summary>
    public int Descriptor => (int)handle;

    protected override bool ReleaseHandle()
    {
        bool closed = Libc.Close(handle) == 0;
        DescriptorAccount.Process.Closed();
        return closed;
    }
}
