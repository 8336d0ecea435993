using System.Text;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Protocols;

/// <summary>Finds the name that a client means in the first bytes that it sends: of the extension <c>server_name</c> of a TLS ClientHello (RFC 6066
/// section 3), or of the field <c>Host</c> of an HTTP/1 request (RFC 9110 section 7.2).</summary>
internal static class SniffedName
{
    /// <summary>The most bytes to look at. A ClientHello with keys of post-quantum groups has some 2 KiB.</summary>
    public const int MaxLength = 16 * 1024;

    private const byte TlsHandshake = 22;
    private const ushort ServerName = 0;
    private const byte HostNameType = 0;
    private const int LongestMethod = 20;

    /// <summary>Looks at the bytes so far.</summary>
    /// <param name="source">The connection's bytes from the first on.</param>
    /// <param name="name">The name in the form of <see cref="HostName"/>; null when there is none.</param>
    /// <returns><see cref="ParseStatus.NeedMore"/> when more bytes may have one, otherwise <see cref="ParseStatus.Ok"/>; or
    /// <see cref="ParseStatus.Invalid"/> for bytes that are neither TLS nor HTTP/1.</returns>
    public static ParseStatus Read(ReadOnlySpan<byte> source, out string? name)
    {
        name = null;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        ReadOnlySpan<byte> found = default;
        ParseStatus status = source[0] == TlsHandshake ? ReadTls(source, out found) : ReadHttp(source, out found);
        if (status == ParseStatus.Ok && !found.IsEmpty && Ascii.IsValid(found)
            && Destination.TryFromHost(Encoding.ASCII.GetString(found), 1, out Destination? destination) && destination.IsDomain)
            name = destination.Host;
        return status;
    }

    private static ParseStatus ReadTls(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> name)
    {
        name = default;
        ParseStatus status = EchClientHello.Join(source, out ReadOnlySpan<byte> message);
        if (status != ParseStatus.Ok) return status;
        // legacy_version 2, random 32, legacy_session_id<0..32>, cipher_suites<2..>, legacy_compression_methods<1..>, extensions
        WireReader hello = new(message);
        if (!hello.TryReadBytes(34, out _) || !hello.TryReadVector8(out _) || !hello.TryReadVector16(out _) || !hello.TryReadVector8(out _))
            return ParseStatus.Invalid;
        if (!hello.TryReadVector16(out ReadOnlySpan<byte> extensions)) return ParseStatus.Ok;
        WireReader reader = new(extensions);
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadUInt16(out ushort type) || !reader.TryReadVector16(out ReadOnlySpan<byte> data)) return ParseStatus.Invalid;
            if (type != ServerName) continue;
            WireReader list = new(data);
            if (!list.TryReadVector16(out ReadOnlySpan<byte> entries)) return ParseStatus.Invalid;
            WireReader entry = new(entries);
            if (entry.TryReadByte(out byte kind) && kind == HostNameType && entry.TryReadVector16(out ReadOnlySpan<byte> host)) name = host;
            return ParseStatus.Ok;
        }
        return ParseStatus.Ok;
    }

    private static ParseStatus ReadHttp(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> name)
    {
        name = default;
        int method = source.IndexOfAnyExceptInRange((byte)'A', (byte)'Z');
        if (method < 0) return source.Length <= LongestMethod ? ParseStatus.NeedMore : ParseStatus.Invalid;
        if (method is 0 or > LongestMethod || source[method] != ' ') return ParseStatus.Invalid;
        ReadOnlySpan<byte> rest = source;
        for (bool isFirst = true; ; isFirst = false)
        {
            int end = rest.IndexOf("\r\n"u8);
            if (end < 0) return ParseStatus.NeedMore;
            ReadOnlySpan<byte> line = rest[..end];
            if (line.IsEmpty) return ParseStatus.Ok;
            rest = rest[(end + 2)..];
            if (isFirst && line.IndexOf(" HTTP/1."u8) < 0) return ParseStatus.Invalid;
            if (isFirst || line.Length < 5 || !Ascii.EqualsIgnoreCase(line[..5], "host:"u8)) continue;
            ReadOnlySpan<byte> host = line[5..].Trim(" \t"u8);
            int colon = host.LastIndexOf((byte)':');
            name = colon < 0 || host.EndsWith((byte)']') ? host : host[..colon];
            return ParseStatus.Ok;
        }
    }
}
