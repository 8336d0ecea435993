namespace MultiExit.Engine.Protocols.Ech;

/// <summary>Looks into the first bytes of a TLS connection for the key that its client used, before TLS itself reads them.</summary>
internal static class EchClientHello
{
    /// <summary>The most bytes to wait for: a ClientHello is no longer than 64 KiB here, whatever the records it comes in.</summary>
    public const int MaxLength = 64 * 1024;

    private const byte Handshake = 22;
    private const byte ClientHello = 1;
    private const byte Outer = 0;
    private const int HeadLength = 4; // type 1, length 3
    private const int RecordHeader = 5; // type 1, version 2, length 2
    private const int MaxRecord = 1 << 14; // RFC 8446 section 5.1

    /// <summary>Reads the config_id of the outer ClientHello (RFC 9849 section 5).</summary>
    /// <param name="source">The connection's bytes from the first on.</param>
    /// <param name="configId">The number; null when the client offers no ECH. A GREASE extension has a number too, of no meaning.</param>
    /// <returns><see cref="ParseStatus.Invalid"/> for bytes that are not a TLS ClientHello; TLS itself sends the alert then.</returns>
    public static ParseStatus Read(ReadOnlySpan<byte> source, out byte? configId)
    {
        configId = null;
        ParseStatus status = Join(source, out ReadOnlySpan<byte> message);
        if (status != ParseStatus.Ok) return status;
        // legacy_version 2, random 32, legacy_session_id<0..32>, cipher_suites<2..>, legacy_compression_methods<1..>, extensions
        WireReader hello = new(message);
        if (!hello.TryReadBytes(34, out _) || !hello.TryReadVector8(out _) || !hello.TryReadVector16(out _) || !hello.TryReadVector8(out _))
            return ParseStatus.Invalid;
        if (hello.IsEmpty) return ParseStatus.Ok;
        if (!hello.TryReadVector16(out ReadOnlySpan<byte> extensions) || !hello.IsEmpty) return ParseStatus.Invalid;
        WireReader reader = new(extensions);
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadUInt16(out ushort type) || !reader.TryReadVector16(out ReadOnlySpan<byte> data)) return ParseStatus.Invalid;
            if (type != EchWire.Version) continue;
            // type 1, cipher_suite 4, config_id 1
            if (data.Length >= 6 && data[0] == Outer) configId = data[5];
            return ParseStatus.Ok;
        }
        return ParseStatus.Ok;
    }

    /// <summary>The body of the handshake message, which may come in several records. Copies only when all of it is there.</summary>
    public static ParseStatus Join(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> message)
    {
        message = default;
        Span<byte> head = stackalloc byte[HeadLength];
        ParseStatus status = Gather(source, HeadLength, head);
        if (status != ParseStatus.Ok) return status;
        if (head[0] != ClientHello) return ParseStatus.Invalid;
        int length = HeadLength + (head[1] << 16 | head[2] << 8 | head[3]);
        if (length > MaxLength) return ParseStatus.Invalid;
        status = Gather(source, length, default);
        if (status != ParseStatus.Ok) return status;
        byte[] joined = new byte[length];
        Gather(source, length, joined);
        message = joined.AsSpan(HeadLength);
        return ParseStatus.Ok;
    }

    // Walks over the fragments of the records until there are so many bytes; copies them unless there is no target.
    private static ParseStatus Gather(ReadOnlySpan<byte> source, int count, Span<byte> target)
    {
        WireReader records = new(source);
        for (int have = 0; have < count;)
        {
            ReadOnlySpan<byte> header = records.Rest;
            if (header.Length > 0 && header[0] != Handshake || header.Length > 1 && header[1] != 3) return ParseStatus.Invalid;
            if (header.Length < RecordHeader) return ParseStatus.NeedMore;
            int length = header[3] << 8 | header[4];
            if (length is 0 or > MaxRecord) return ParseStatus.Invalid;
            records.TryReadBytes(RecordHeader, out _);
            records.TryReadBytes(Math.Min(length, records.Rest.Length), out ReadOnlySpan<byte> fragment);
            int taken = Math.Min(fragment.Length, count - have);
            if (!target.IsEmpty) fragment[..taken].CopyTo(target[have..]);
            have += taken;
            if (fragment.Length < length && have < count) return ParseStatus.NeedMore;
        }
        return ParseStatus.Ok;
    }
}
