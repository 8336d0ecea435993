using Microsoft.Win32.SafeHandles;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>A descriptor that has come from another process, of a socket or of the lock on a file. Linux.</summary>
internal sealed class PassedDescriptor : SafeHandleMinusOneIsInvalid
{
    public PassedDescriptor(int descriptor) : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Hands the number to an owner that closes it.</summary>
    public int Release()
    {
        int descriptor = (int)handle;
        SetHandleAsInvalid();
        return descriptor;
    }

    // The lock of a file ends with its last descriptor, wherever that is.
    protected override bool ReleaseHandle() => Libc.Close(handle) == 0;
}
