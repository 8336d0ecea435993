using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>struct mmsghdr of recvmmsg(2): a message and its length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageSlot
{
    public MessageHeader Header;
    public uint Length;
}
