using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>Randoms of handshake messages.</summary>
internal static class TunnelRandoms
{
    /// <summary>16 bytes from the system's generator, as a big-endian number.</summary>
    public static UInt128 Next()
    {
        Span<byte> random = stackalloc byte[TunnelHandshake.RandomLength];
        RandomNumberGenerator.Fill(random);
        return BinaryPrimitives.ReadUInt128BigEndian(random);
    }
}
