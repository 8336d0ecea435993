using System.Formats.Asn1;
using System.Text;

namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>The messages of a client (RFC 4511), as far as a login needs them.</summary>
internal static class LdapRequests
{
    private const string StartTlsName = "1.3.6.1.4.1.1466.20037";

    /// <summary>Proves who the client is, by a DN and a password. An empty password proves nothing, and servers take it for anybody: it is not
    /// written.</summary>
    public static byte[] Bind(int id, string dn, ReadOnlySpan<byte> password)
    {
        if (password.IsEmpty) throw new ArgumentException("an empty password binds as anybody", nameof(password));
        AsnWriter writer = new(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            using (writer.PushSequence(Application(0)))
            {
                writer.WriteInteger(3);
                writer.WriteOctetString(Encoding.UTF8.GetBytes(dn));
                writer.WriteOctetString(password, new Asn1Tag(TagClass.ContextSpecific, 0));
            }
        }
        return writer.Encode();
    }

    /// <summary>Searches.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="base">Where.</param>
    /// <param name="scope">How much of it.</param>
    /// <param name="filter">What for.</param>
    /// <param name="attributes">What of the entries is wanted; none: their names alone.</param>
    /// <param name="limit">How many entries at most.</param>
    /// <exception cref="FormatException">The filter is none.</exception>
    public static byte[] Search(int id, string @base, LdapScope scope, string filter, IReadOnlyList<string> attributes, int limit)
    {
        AsnWriter writer = new(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            using (writer.PushSequence(Application(3)))
            {
                writer.WriteOctetString(Encoding.UTF8.GetBytes(@base));
                writer.WriteEnumeratedValue(scope);
                writer.WriteEnumeratedValue(LdapAliases.Followed);
                writer.WriteInteger(limit);
                writer.WriteInteger(0);
                writer.WriteBoolean(false);
                if (!LdapFilter.TryWrite(filter, writer, out string? problem)) throw new FormatException(problem);
                using (writer.PushSequence())
                {
                    // 1.1 stands for no attribute (RFC 4511 section 4.5.1.8).
                    foreach (string attribute in attributes.Count == 0 ? ["1.1"] : attributes) writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute));
                }
            }
        }
        return writer.Encode();
    }

    /// <summary>Asks for TLS on the connection (RFC 4511 section 4.14).</summary>
    public static byte[] StartTls(int id)
    {
        AsnWriter writer = new(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            using (writer.PushSequence(Application(23)))
                writer.WriteOctetString(Encoding.ASCII.GetBytes(StartTlsName), new Asn1Tag(TagClass.ContextSpecific, 0));
        }
        return writer.Encode();
    }

    /// <summary>Says goodbye.</summary>
    public static byte[] Unbind(int id)
    {
        AsnWriter writer = new(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            writer.WriteNull(new Asn1Tag(TagClass.Application, 2));
        }
        return writer.Encode();
    }

    private static Asn1Tag Application(int number) => new(TagClass.Application, number, isConstructed: true);
}
