using System.Buffers.Binary;

namespace MultiExit.Engine.Protocols.Dns;

/// <summary>A query with one question (RFC 1035 section 4.1).</summary>
internal static class DnsQuery
{
    /// <summary>The longest query in bytes.</summary>
    public const int MaxLength = DnsMessage.HeaderLength + DnsName.MaxLength + 4;

    private const ushort RecursionDesired = 0x0100;
    private const ushort Internet = 1;

    /// <summary>Writes a query. The id is 0, so that equal questions are equal requests for caches (RFC 8484 section 4.1).</summary>
    /// <param name="name">A normalized name.</param>
    /// <param name="type">The type that is asked for.</param>
    public static byte[] Write(string name, DnsType type)
    {
        Span<byte> query = stackalloc byte[MaxLength];
        query[..DnsMessage.HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(query[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(query[4..], 1); // QDCOUNT
        int length = DnsMessage.HeaderLength + DnsName.Write(name, query[DnsMessage.HeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(query[length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(query[(length + 2)..], Internet);
        return query[..(length + 4)].ToArray();
    }
}
