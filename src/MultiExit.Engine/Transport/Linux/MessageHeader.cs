using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>struct msghdr of recvmsg(2), with the types of glibc; musl's are narrower and padded with zeros to the same places.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public byte* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
}
