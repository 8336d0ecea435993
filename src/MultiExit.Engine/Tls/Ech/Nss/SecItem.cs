using System.Runtime.InteropServices;

namespace MultiExit.Engine.Tls.Ech.Nss;

/// <summary>SECItem: bytes with their length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SecItem
{
    public int Type;
    public byte* Data;
    public uint Length;

    public SecItem(byte* data, int length)
    {
        Data = data;
        Length = (uint)length;
    }

    public readonly byte[] ToArray() => new ReadOnlySpan<byte>(Data, checked((int)Length)).ToArray();
}
