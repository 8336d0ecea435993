using System.Buffers.Binary;
using System.Net;

namespace MultiExit.Engine.Protocols.Dns;

/// <summary>A response (RFC 1035 section 4).</summary>
internal sealed class DnsMessage
{
    public const int HeaderLength = 12;

    /// <summary>The longest message in bytes (RFC 8484 section 6).</summary>
    public const int MaxLength = 65535;

    /// <summary>The most aliases on the way to an answer.</summary>
    public const int MaxAliases = 8;

    private const ushort Response = 0x8000, OpcodeMask = 0x7800, Truncated = 0x0200, CodeMask = 0x000f;
    private const ushort Internet = 1;

    private readonly List<DnsRecord> _answers = [];

    private DnsMessage(DnsResponseCode code) => Code = code;

    public DnsResponseCode Code { get; }

    /// <summary>The A, AAAA, CNAME and HTTPS records of the answer section, of whatever owner.</summary>
    public IReadOnlyList<DnsRecord> Answers => _answers;

    /// <summary>How long a negative answer holds, in seconds (RFC 2308 section 5); null when the server does not say.</summary>
    public uint? NegativeTtl { get; private set; }

    /// <summary>Reads the response to a query.</summary>
    /// <param name="source">The whole message.</param>
    /// <param name="name">The normalized name that was asked for.</param>
    /// <param name="type">The type that was asked for.</param>
    /// <param name="message">The response; null when the result is not null.</param>
    /// <returns>Null when it was read, otherwise what is wrong, as the end of a sentence.</returns>
    public static string? Parse(ReadOnlySpan<byte> source, string name, DnsType type, out DnsMessage? message)
    {
        message = null;
        if (source.Length < HeaderLength) return "is no DNS message";
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        if ((flags & (Response | OpcodeMask)) != Response) return "is no response to a query";
        if ((flags & Truncated) != 0) return "is cut off";
        int offset = HeaderLength;
        if (!IsQuestion(source, ref offset, name, type)) return "answers another question";
        DnsMessage read = new((DnsResponseCode)(flags & CodeMask));
        int answers = BinaryPrimitives.ReadUInt16BigEndian(source[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(source[8..]);
        for (int i = 0; i < answers + authorities; i++)
            if (!read.TryReadRecord(source, ref offset, isAnswer: i < answers)) return "holds a record that is malformed";
        message = read;
        return null;
    }

    /// <summary>Follows the aliases of this response from the name that was asked for.</summary>
    /// <param name="name">The name; then the name that they lead to.</param>
    /// <param name="ttl">The shortest TTL on the way; then with that of the records.</param>
    /// <returns>The records of the type that the name has; none when the response does not have them, or the aliases go in a
    /// circle or on too long.</returns>
    public IReadOnlyList<T> Follow<T>(ref string name, ref uint ttl)
        where T : DnsRecord
    {
        for (int i = 0; i <= MaxAliases; i++)
        {
            string owner = name;
            T[] records = [.. _answers.OfType<T>().Where(record => record.Name == owner)];
            foreach (T record in records) ttl = Math.Min(ttl, record.Ttl);
            if (records.Length > 0) return records;
            if (_answers.OfType<DnsAliasRecord>().FirstOrDefault(alias => alias.Name == owner) is not { } next) return [];
            ttl = Math.Min(ttl, next.Ttl);
            name = next.Target;
        }
        return [];
    }

    private static bool IsQuestion(ReadOnlySpan<byte> source, ref int offset, string name, DnsType type)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(source[4..]) != 1) return false;
        if (!DnsName.TryRead(source, ref offset, out string asked) || asked != name || source.Length - offset < 4) return false;
        bool same = BinaryPrimitives.ReadUInt16BigEndian(source[offset..]) == (ushort)type
            && BinaryPrimitives.ReadUInt16BigEndian(source[(offset + 2)..]) == Internet;
        offset += 4;
        return same;
    }

    // name | type 2 | class 2 | ttl 4 | length 2 | data
    private bool TryReadRecord(ReadOnlySpan<byte> source, ref int offset, bool isAnswer)
    {
        if (!DnsName.TryRead(source, ref offset, out string owner) || source.Length - offset < 10) return false;
        DnsType type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(source[offset..]);
        ushort recordClass = BinaryPrimitives.ReadUInt16BigEndian(source[(offset + 2)..]);
        uint ttl = BinaryPrimitives.ReadUInt32BigEndian(source[(offset + 4)..]);
        if (ttl > int.MaxValue) ttl = 0; // RFC 2181 section 8
        int length = BinaryPrimitives.ReadUInt16BigEndian(source[(offset + 8)..]);
        int start = offset + 10;
        if (length > source.Length - start) return false;
        offset = start + length;
        if (recordClass != Internet) return true;
        if (!isAnswer) return type != DnsType.Soa || TryReadSoa(source[..offset], start, ttl);
        return TryReadData(source[..offset], start, type, owner, ttl);
    }

    private bool TryReadData(ReadOnlySpan<byte> source, int start, DnsType type, string owner, uint ttl)
    {
        ReadOnlySpan<byte> data = source[start..];
        switch (type)
        {
            case DnsType.A or DnsType.Aaaa:
                if (data.Length != (type == DnsType.A ? 4 : 16)) return false;
                _answers.Add(new DnsAddressRecord(owner, ttl, new IPAddress(data)));
                return true;
            case DnsType.Cname:
                if (!DnsName.TryRead(source, ref start, out string target) || start != source.Length) return false;
                _answers.Add(new DnsAliasRecord(owner, ttl, target));
                return true;
            case DnsType.Https:
                if (data.Length < 3) return false;
                int offset = start + 2;
                // RFC 9460 section 2.2: the target is not compressed.
                if (!DnsName.TryRead(source, ref offset, out target, compressed: false)) return false;
                DnsServiceRecord record = new(owner, ttl, BinaryPrimitives.ReadUInt16BigEndian(data), target);
                // In an alias the parameters have no meaning (section 2.4.2).
                if (!record.IsAlias && !DnsServiceParameters.TryRead(source[offset..], ref record)) return false;
                _answers.Add(record);
                return true;
            default:
                return true;
        }
    }

    // mname | rname | serial 4 | refresh 4 | retry 4 | expire 4 | minimum 4
    private bool TryReadSoa(ReadOnlySpan<byte> source, int start, uint ttl)
    {
        if (!DnsName.TryRead(source, ref start, out _) || !DnsName.TryRead(source, ref start, out _) || source.Length - start != 20) return false;
        NegativeTtl = Math.Min(ttl, BinaryPrimitives.ReadUInt32BigEndian(source[(start + 16)..]));
        return true;
    }
}
