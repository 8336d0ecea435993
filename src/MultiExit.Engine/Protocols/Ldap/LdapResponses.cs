using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Text;

namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>Reads the messages of a server (RFC 4511).</summary>
internal static class LdapResponses
{
    /// <summary>The most octets of a message.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>The most values of an attribute that are kept.</summary>
    public const int MaxValues = 1024;

    private const byte Sequence = 0x30;

    /// <summary>How many octets the message has that begins here. LDAP has definite lengths only (RFC 4511 section 5.1).</summary>
    public static ParseStatus TryGetLength(ReadOnlySpan<byte> data, out int length)
    {
        length = 0;
        if (data.Length < 2) return data.IsEmpty || data[0] == Sequence ? ParseStatus.NeedMore : ParseStatus.Invalid;
        if (data[0] != Sequence) return ParseStatus.Invalid;
        int octets = data[1] & 0x7f;
        if (data[1] < 0x80)
        {
            length = 2 + data[1];
            return ParseStatus.Ok;
        }
        if (octets is 0 or > 4) return ParseStatus.Invalid;
        if (data.Length < 2 + octets) return ParseStatus.NeedMore;
        long content = 0;
        for (int i = 0; i < octets; i++) content = (content << 8) | data[2 + i];
        if (content > MaxLength) return ParseStatus.Invalid;
        length = 2 + octets + (int)content;
        return ParseStatus.Ok;
    }

    /// <summary>Reads a whole message.</summary>
    /// <param name="data">Its octets.</param>
    /// <param name="wanted">The attributes of an entry that are kept; a server may send others that nobody asked for.</param>
    /// <param name="response">What it says.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> data, IReadOnlyList<string> wanted, [NotNullWhen(true)] out LdapResponse? response)
    {
        response = null;
        try
        {
            AsnReader message = new AsnReader(data, AsnEncodingRules.BER).ReadSequence();
            if (!message.TryReadInt32(out int id)) return false;
            Asn1Tag tag = message.PeekTag();
            if (tag.TagClass != TagClass.Application) return false;
            LdapResponseKind kind = (LdapResponseKind)tag.TagValue;
            response = kind switch
            {
                LdapResponseKind.Entry => new LdapResponse(id, kind, null, ReadEntry(message.ReadSequence(tag), wanted)),
                LdapResponseKind.Reference => new LdapResponse(id, kind, null, null),
                _ => new LdapResponse(id, kind, ReadResult(message.ReadSequence(tag)), null),
            };
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static (LdapResultCode, string) ReadResult(AsnReader result)
    {
        ReadOnlyMemory<byte> code = result.ReadEnumeratedBytes();
        int value = 0;
        foreach (byte octet in code.Span[..Math.Min(code.Length, 4)]) value = (value << 8) | octet;
        result.ReadOctetString();
        return ((LdapResultCode)value, Encoding.UTF8.GetString(result.ReadOctetString()));
    }

    private static LdapEntry ReadEntry(AsnReader entry, IReadOnlyList<string> wanted)
    {
        string dn = Encoding.UTF8.GetString(entry.ReadOctetString());
        Dictionary<string, IReadOnlyList<string>> attributes = new(StringComparer.Ordinal);
        AsnReader all = entry.ReadSequence();
        while (all.HasData)
        {
            AsnReader attribute = all.ReadSequence();
            string name = Encoding.UTF8.GetString(attribute.ReadOctetString());
            // The values of a set have an order in DER alone.
            AsnReader set = attribute.ReadSetOf(skipSortOrderValidation: true);
            // Names of attributes are the same in any case (RFC 4512 section 2.5).
            if (!wanted.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            List<string> values = [];
            while (set.HasData && values.Count < MaxValues) values.Add(Encoding.UTF8.GetString(set.ReadOctetString()));
            attributes[name.ToLowerInvariant()] = values;
        }
        return new LdapEntry(dn, attributes);
    }
}
