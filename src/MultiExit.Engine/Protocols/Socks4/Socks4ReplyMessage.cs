using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Protocols.Socks4;

/// <summary>An answer of SOCKS4: VN 0 | CD | DSTPORT | DSTIP.</summary>
internal static class Socks4ReplyMessage
{
    /// <summary>The length in octets.</summary>
    public const int Length = 8;

    /// <summary>Reads an answer. The version is not looked at where it is 4: some servers repeat that of the request.</summary>
    /// <param name="source">The octets.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="bound">The address that the server connects from; null where it does not say it.</param>
    /// <param name="consumed">The length in octets.</param>
    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out Socks4Reply reply, out IPEndPoint? bound, out int consumed)
    {
        reply = default;
        bound = null;
        consumed = 0;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        if (source[0] is not (0 or Socks4RequestMessage.Version)) return ParseStatus.Invalid;
        if (source.Length < Length) return ParseStatus.NeedMore;
        reply = (Socks4Reply)source[1];
        if (reply is < Socks4Reply.Granted or > Socks4Reply.WrongUser) return ParseStatus.Invalid;
        IPAddress address = new(source.Slice(4, 4));
        if (!address.Equals(IPAddress.Any)) bound = new IPEndPoint(address, BinaryPrimitives.ReadUInt16BigEndian(source[2..]));
        consumed = Length;
        return ParseStatus.Ok;
    }

    /// <summary>Writes an answer and returns its length.</summary>
    /// <param name="target">Room for <see cref="Length"/>.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="bound">The address to tell; zeros stand for none, and for one of IPv6.</param>
    public static int Write(Span<byte> target, Socks4Reply reply, IPEndPoint? bound = null)
    {
        target[..Length].Clear();
        target[1] = (byte)reply;
        if (bound is not { AddressFamily: AddressFamily.InterNetwork }) return Length;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)bound.Port);
        bound.Address.TryWriteBytes(target[4..], out _);
        return Length;
    }
}
