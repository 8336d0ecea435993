using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Fuzz.Targets;

/// <summary>The header of a datagram, and the cache of the last one. Outcomes: a destination, or false.</summary>
internal static class Socks5UdpTarget
{
    public static FuzzTarget Target => new("socks5-udp", Run) { MaxLength = 600, Words = [@"\x00\x00\x00\x01", @"\x00\x00\x00\x03",
        @"\x00\x35", "."] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        bool read = Socks5UdpHeader.TryRead(input, out Destination? destination, out int length);
        meter.Check(Math.Min(input.Length, Socks5UdpHeader.MaxLength), 64, 4096);
        Claim.Same(read, destination is not null, "a destination comes with true");
        Socks5UdpHeaderCache cache = new();
        for (int i = 0; i < 2; i++)
        {
            Claim.Same(read, cache.TryRead(input, out Destination? cached, out int cachedLength), "the cache against the reader");
            if (!read) continue;
            Claim.Same(destination, cached, "the cache against the reader");
            Claim.Same(length, cachedLength, "the cache against the reader");
        }
        if (destination is null) return;
        Claim.That(length <= input.Length && length <= Socks5UdpHeader.MaxLength, "the header is longer than the datagram");
        Addresses.Check(destination);
        byte[] written = new byte[Socks5UdpHeader.MaxLength];
        int size = Socks5UdpHeader.Write(written, destination);
        Claim.Same(Socks5UdpHeader.GetLength(destination), size, "the length of a header");
        Claim.That(Socks5UdpHeader.TryRead(written.AsSpan(0, size), out Destination? again, out int sizeRead) && sizeRead == size,
            "a header that was written is not read");
        Addresses.Same(destination, again);
    }
}
