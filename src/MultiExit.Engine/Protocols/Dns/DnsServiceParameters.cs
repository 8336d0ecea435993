using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace MultiExit.Engine.Protocols.Dns;

/// <summary>The parameters of an HTTPS record (RFC 9460 sections 2.2, 7 and 8, RFC 9848).</summary>
internal static class DnsServiceParameters
{
    private const ushort Mandatory = 0, Alpn = 1, NoDefaultAlpn = 2, Port = 3, Ipv4Hint = 4, Ech = 5, Ipv6Hint = 6;

    /// <summary>Reads them into a record.</summary>
    /// <returns>False when they are malformed; then no record of the answer may be used.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, ref DnsServiceRecord record)
    {
        WireReader reader = new(source);
        List<ushort> present = [];
        ReadOnlySpan<byte> mandatory = default;
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadUInt16(out ushort key) || !reader.TryReadVector16(out ReadOnlySpan<byte> value)) return false;
            if (present.Count > 0 && key <= present[^1]) return false;
            present.Add(key);
            if (key == Mandatory) mandatory = value;
            if (!TryReadValue(key, value, ref record)) return false;
        }
        if (record.NoDefaultAlpn && record.Alpn.Count == 0) return false;
        return TryReadMandatory(mandatory, present, ref record);
    }

    private static bool TryReadValue(ushort key, ReadOnlySpan<byte> value, ref DnsServiceRecord record)
    {
        switch (key)
        {
            case Mandatory:
                return value.Length > 0 && value.Length % 2 == 0;
            case Alpn:
                if (!TryReadAlpn(value, out List<string> alpn)) return false;
                record = record with { Alpn = alpn };
                return true;
            case NoDefaultAlpn:
                record = record with { NoDefaultAlpn = true };
                return value.IsEmpty;
            case Port:
                if (!BinaryPrimitives.TryReadUInt16BigEndian(value, out ushort port) || value.Length != 2) return false;
                record = record with { Port = port };
                return true;
            case Ipv4Hint:
                if (!TryReadAddresses(value, 4, out IPAddress[] ipv4)) return false;
                record = record with { Ipv4Hints = ipv4 };
                return true;
            case Ipv6Hint:
                if (!TryReadAddresses(value, 16, out IPAddress[] ipv6)) return false;
                record = record with { Ipv6Hints = ipv6 };
                return true;
            case Ech:
                record = record with { Ech = value.ToArray() };
                return true;
            default:
                return true;
        }
    }

    // In ascending order, each once, each of them there, and not the key `mandatory` itself (section 8).
    private static bool TryReadMandatory(ReadOnlySpan<byte> value, List<ushort> present, ref DnsServiceRecord record)
    {
        int last = Mandatory;
        for (; !value.IsEmpty; value = value[2..])
        {
            ushort key = BinaryPrimitives.ReadUInt16BigEndian(value);
            if (key <= last || !present.Contains(key)) return false;
            last = key;
            if (key > Ipv6Hint && record.UnknownMandatory is null) record = record with { UnknownMandatory = key };
        }
        return true;
    }

    private static bool TryReadAlpn(ReadOnlySpan<byte> value, out List<string> alpn)
    {
        alpn = [];
        WireReader reader = new(value);
        do
        {
            if (!reader.TryReadVector8(out ReadOnlySpan<byte> id) || id.IsEmpty) return false;
            alpn.Add(Text(id));
        }
        while (!reader.IsEmpty);
        return true;
    }

    private static bool TryReadAddresses(ReadOnlySpan<byte> value, int size, out IPAddress[] addresses)
    {
        addresses = new IPAddress[value.Length / size];
        if (value.IsEmpty || value.Length % size != 0) return false;
        for (int i = 0; i < addresses.Length; i++) addresses[i] = new IPAddress(value.Slice(i * size, size));
        return true;
    }

    private static string Text(ReadOnlySpan<byte> id) =>
        id.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) ? "0x" + Convert.ToHexStringLower(id) : Encoding.ASCII.GetString(id);
}
