using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>struct iovec of readv(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Start;
    public nuint Length;
}
