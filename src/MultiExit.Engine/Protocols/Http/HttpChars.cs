using System.Buffers;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>The character classes of RFC 9110 section 5.6 and RFC 3986.</summary>
internal static class HttpChars
{
    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(Bytes(Alphanumeric + "!#$%&'*+-.^_`|~"));

    // HTAB is the one control character a value may hold; bytes from 0x80 on are obs-text.
    private static readonly SearchValues<byte> ControlBytes =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(value => value != '\t').Select(value => (byte)value), 0x7f]);

    private static readonly SearchValues<byte> TargetForbidden =
        SearchValues.Create([.. Enumerable.Range(0, 0x21).Select(value => (byte)value), 0x7f, (byte)'#']);

    // Unreserved and sub-delims of a reg-name, without percent-encoding: no resolver accepts it, and filters disagree about it.
    private static readonly SearchValues<char> AuthorityChars = SearchValues.Create(Alphanumeric + "-._~!$&'()*+,;=:[]");

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenBytes);

    /// <summary>True for a field value: no control character except HTAB.</summary>
    public static bool IsFieldValue(ReadOnlySpan<byte> text) => !text.ContainsAny(ControlBytes);

    /// <summary>True for a request target: no blank, control character or fragment. Bytes from 0x80 on are passed on as programs send them.</summary>
    public static bool IsTarget(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAny(TargetForbidden);

    public static bool IsAuthority(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(AuthorityChars);

    public static bool IsTokenByte(byte value) => TokenBytes.Contains(value);

    /// <summary>Without the optional white space (SP, HTAB) at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    private static byte[] Bytes(string text) => [.. text.Select(c => (byte)c)];
}
