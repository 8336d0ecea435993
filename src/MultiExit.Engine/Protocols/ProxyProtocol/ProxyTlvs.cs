using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace MultiExit.Engine.Protocols.ProxyProtocol;

/// <summary>The vectors behind the addresses of version 2: type (1) | length (2) | value (proxy-protocol.txt section 2.2). Those that are not known are
/// skipped.</summary>
internal static class ProxyTlvs
{
    private const byte AuthorityType = 0x02;
    private const byte ChecksumType = 0x03;
    private const byte UniqueIdType = 0x05;
    private const int HeadLength = 3;
    private const int ChecksumLength = 4;
    private const int MaxAuthority = 255;
    private const int MaxUniqueId = 128;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads them.</summary>
    /// <param name="header">The whole header.</param>
    /// <param name="start">Where the vectors begin.</param>
    /// <param name="authority">The value of PP2_TYPE_AUTHORITY; null where there is none, or it is no name.</param>
    /// <param name="uniqueId">The value of PP2_TYPE_UNIQUE_ID; null where there is none.</param>
    /// <param name="fault">What is wrong.</param>
    /// <returns>False when they are not well formed, or a checksum does not match.</returns>
    public static bool TryRead(ReadOnlySpan<byte> header, int start, out string? authority, out string? uniqueId, out string? fault)
    {
        (authority, uniqueId, fault) = (null, null, null);
        int checksum = -1;
        for (int at = start; at < header.Length;)
        {
            if (header.Length - at < HeadLength) return Fault("a TLV is not whole", out fault);
            int length = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 1)..]);
            if (length > header.Length - at - HeadLength) return Fault("a TLV is longer than the header", out fault);
            ReadOnlySpan<byte> value = header.Slice(at + HeadLength, length);
            switch (header[at])
            {
                case AuthorityType:
                    authority ??= Name(value);
                    break;
                case UniqueIdType when length > MaxUniqueId:
                    return Fault($"the unique id has {length} bytes, and {MaxUniqueId} are the most", out fault);
                case UniqueIdType:
                    uniqueId ??= IsText(value) ? Encoding.ASCII.GetString(value) : Convert.ToHexStringLower(value);
                    break;
                case ChecksumType when length != ChecksumLength || checksum >= 0:
                    return Fault("the CRC32C is there twice, or has not 4 bytes", out fault);
                case ChecksumType:
                    checksum = at + HeadLength;
                    break;
            }
            at += HeadLength + length;
        }
        return checksum < 0 || BinaryPrimitives.ReadUInt32BigEndian(header[checksum..]) == Checksum(header, checksum)
            || Fault("the CRC32C does not match", out fault);
    }

    /// <summary>CRC32C (RFC 9260 appendix A) of a header, with its checksum taken as zeros.</summary>
    /// <param name="header">The whole header.</param>
    /// <param name="at">Where the four bytes of the checksum are.</param>
    public static uint Checksum(ReadOnlySpan<byte> header, int at)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < header.Length; i++) crc = BitOperations.Crc32C(crc, i >= at && i < at + ChecksumLength ? (byte)0 : header[i]);
        return ~crc;
    }

    // It is for people who read records: what is no text is left out, and the connection goes on.
    private static string? Name(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > MaxAuthority) return null;
        try
        {
            string text = Strict.GetString(value);
            return text.EnumerateRunes().Any(IsUnseen) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // It would break lines, or show another name than the one that is there.
    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsText(ReadOnlySpan<byte> value) => !value.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E);

    private static bool Fault(string reason, out string? fault)
    {
        fault = reason;
        return false;
    }
}
