using System.Formats.Asn1;

namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>Reads certificate revocation lists (RFC 5280 section 5.1), DER. A list with something critical that is not understood is refused, since it may
/// be about other certificates than it seems to be: a delta list, one of a part of the certificates, or one of several issuers.</summary>
internal static class RevocationListReader
{
    private const string ReasonCode = "2.5.29.21";
    private const int LongestUtcYear = 2049; // RFC 5280 section 4.1.2.5.1

    // Critical ones that change nothing of what is read here: the issuer's key, the number of the list.
    private static readonly string[] Harmless = ["2.5.29.35", "2.5.29.20"];

    /// <summary>Reads a list.</summary>
    /// <param name="der">Its bytes, and none behind them.</param>
    /// <param name="list">The list.</param>
    /// <param name="fault">What is wrong with the bytes, when there is none.</param>
    public static bool TryRead(ReadOnlyMemory<byte> der, out RevocationList? list, out string? fault)
    {
        list = null;
        try
        {
            list = Read(der);
            fault = null;
            return true;
        }
        catch (AsnContentException exception)
        {
            fault = exception.Message;
            return false;
        }
    }

    private static RevocationList Read(ReadOnlyMemory<byte> der)
    {
        AsnReader file = new(der, AsnEncodingRules.DER);
        AsnReader outer = file.ReadSequence();
        file.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> signed = outer.PeekEncodedValue();
        AsnReader body = outer.ReadSequence();
        ReadOnlyMemory<byte> algorithm = outer.ReadEncodedValue();
        byte[] signature = outer.ReadBitString(out int unused);
        outer.ThrowIfNotEmpty();
        if (unused != 0) throw new AsnContentException("the signature is not of whole bytes");

        if (Next(body, UniversalTagNumber.Integer) && (!body.TryReadInt32(out int version) || version != 1))
            throw new AsnContentException("it is of an unknown version");
        if (!body.ReadEncodedValue().Span.SequenceEqual(algorithm.Span)) throw new AsnContentException("it names two algorithms for its signature");
        ReadOnlyMemory<byte> issuer = body.PeekEncodedValue();
        body.ReadSequence();
        DateTimeOffset thisUpdate = ReadTime(body);
        DateTimeOffset? nextUpdate = Next(body, UniversalTagNumber.UtcTime) || Next(body, UniversalTagNumber.GeneralizedTime) ? ReadTime(body) : null;
        Dictionary<string, RevocationReason> revoked = Next(body, UniversalTagNumber.Sequence) ? ReadEntries(body.ReadSequence()) : [];
        Asn1Tag extensions = new(TagClass.ContextSpecific, 0, isConstructed: true);
        if (body.HasData && body.PeekTag() == extensions)
        {
            AsnReader tagged = body.ReadSequence(extensions);
            ReadExtensions(tagged.ReadSequence(), "the list", (_, _) => { });
            tagged.ThrowIfNotEmpty();
        }
        body.ThrowIfNotEmpty();

        AsnReader identifier = new AsnReader(algorithm, AsnEncodingRules.DER).ReadSequence();
        string oid = identifier.ReadObjectIdentifier();
        return new RevocationList
        {
            Issuer = issuer, ThisUpdate = thisUpdate, NextUpdate = nextUpdate, Revoked = revoked, Signed = signed, Algorithm = oid,
            AlgorithmParameters = identifier.HasData ? identifier.ReadEncodedValue() : default, Signature = signature,
        };
    }

    private static Dictionary<string, RevocationReason> ReadEntries(AsnReader entries)
    {
        Dictionary<string, RevocationReason> revoked = new(StringComparer.Ordinal);
        while (entries.HasData)
        {
            AsnReader entry = entries.ReadSequence();
            string serial = SerialText.Of(entry.ReadIntegerBytes().Span);
            ReadTime(entry);
            RevocationReason reason = RevocationReason.Unspecified;
            if (entry.HasData)
            {
                ReadExtensions(entry.ReadSequence(), $"the entry of {serial}", (id, value) =>
                {
                    if (id == ReasonCode) reason = ReadReason(value);
                });
            }
            entry.ThrowIfNotEmpty();
            revoked[serial] = reason;
        }
        return revoked;
    }

    private static RevocationReason ReadReason(byte[] value)
    {
        AsnReader reader = new(value, AsnEncodingRules.DER);
        ReadOnlySpan<byte> number = reader.ReadEnumeratedBytes().Span;
        reader.ThrowIfNotEmpty();
        return number is [var one] ? (RevocationReason)one : throw new AsnContentException("a reason is out of range");
    }

    private static void ReadExtensions(AsnReader extensions, string whose, Action<string, byte[]> take)
    {
        while (extensions.HasData)
        {
            AsnReader extension = extensions.ReadSequence();
            string id = extension.ReadObjectIdentifier();
            bool critical = Next(extension, UniversalTagNumber.Boolean) && extension.ReadBoolean();
            byte[] value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            if (critical && id != ReasonCode && !Harmless.Contains(id, StringComparer.Ordinal))
                throw new AsnContentException($"{whose} has a critical extension, {id}, that is not supported: delta lists and lists of a part are not");
            take(id, value);
        }
    }

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        Next(reader, UniversalTagNumber.UtcTime) ? reader.ReadUtcTime(LongestUtcYear) : reader.ReadGeneralizedTime();

    private static bool Next(AsnReader reader, UniversalTagNumber type) =>
        reader.HasData && reader.PeekTag() is { TagClass: TagClass.Universal } tag && tag.TagValue == (int)type;
}
