using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)).</summary>
internal static class SockAddr
{
    /// <summary>The size of a sockaddr_in6, the larger of the two.</summary>
    public const int MaxLength = 28;
    private const int InetLength = 16;

    /// <summary>Writes an address; an IPv6 one carries its scope.</summary>
    /// <returns>The length of the structure.</returns>
    public static int Write(IPEndPoint endPoint, Span<byte> target)
    {
        target[..MaxLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)endPoint.Port);
        if (endPoint.AddressFamily == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(target, (ushort)Libc.AfInet);
            endPoint.Address.TryWriteBytes(target[4..], out _);
            return InetLength;
        }
        MemoryMarshal.Write(target, (ushort)Libc.AfInet6);
        endPoint.Address.TryWriteBytes(target[8..], out _);
        MemoryMarshal.Write(target[24..], (uint)endPoint.Address.ScopeId);
        return MaxLength;
    }

    /// <summary>Whether there are enough bytes for the family that they begin with, and it is IPv4 or IPv6.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> source) => source.Length >= InetLength
        && MemoryMarshal.Read<ushort>(source) switch { Libc.AfInet => true, Libc.AfInet6 => source.Length >= MaxLength, _ => false };

    /// <summary>Reads an address; an IPv4-mapped IPv6 address becomes IPv4.</summary>
    public static IPEndPoint Read(ReadOnlySpan<byte> source)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        if (MemoryMarshal.Read<ushort>(source) == Libc.AfInet) return new IPEndPoint(new IPAddress(source.Slice(4, 4)), port);
        ReadOnlySpan<byte> address = source.Slice(8, 16);
        bool mapped = address[..10].IndexOfAnyExcept((byte)0) < 0 && address[10] == 0xff && address[11] == 0xff;
        return mapped
            ? new IPEndPoint(new IPAddress(address[12..]), port)
            : new IPEndPoint(new IPAddress(address, MemoryMarshal.Read<uint>(source[24..])), port);
    }
}
