using System.Buffers.Binary;
using System.Net;
using System.Text;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.ProxyProtocol;

namespace MultiExit.Engine.Tests.Protocols.ProxyProtocol;

/// <summary>Headers of the PROXY protocol as proxy-protocol.txt has them, whole, in pieces, and broken.</summary>
public sealed class ProxyHeaderTests
{
    private const string Signature = "0d0a0d0a000d0a515549540a";
    // 192.0.2.7:50000 -> 198.51.100.9:443
    private const string Ipv4 = "c0000207" + "c6336409" + "c350" + "01bb";
    private static readonly IPEndPoint Client = IPEndPoint.Parse("192.0.2.7:50000");
    private static readonly IPEndPoint Server = IPEndPoint.Parse("198.51.100.9:443");

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 50000 443\r\n", "192.0.2.7:50000", "198.51.100.9:443")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:DB8:0:0:0:0:0:9 50000 443\r\n", "[2001:db8::7]:50000", "[2001:db8::9]:443")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    // An IPv4 client within IPv6 is the IPv4 client.
    [InlineData("PROXY TCP6 ::ffff:c000:207 2001:db8::9 50000 443\r\n", "192.0.2.7:50000", "[2001:db8::9]:443")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.7 2001:db8::9 50000 443\r\n", "192.0.2.7:50000", "[2001:db8::9]:443")]
    public void A_line_of_version_1_names_client_and_server(string line, string source, string destination)
    {
        ProxyHeader header = Read(Encoding.ASCII.GetBytes(line));
        Assert.Equal((IPEndPoint.Parse(source), IPEndPoint.Parse(destination)), (header.Source, header.Destination));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN anything at all, ignored\r\n")]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n")]
    public void Unknown_leaves_the_addresses_of_the_connection(string line) => Assert.Equal(new ProxyHeader(), Read(Encoding.ASCII.GetBytes(line)));

    [Theory]
    [InlineData("PROXX", "it does not begin with PROXY")]
    [InlineData("PROXYTCP4", "it does not begin with PROXY and a blank")]
    [InlineData("proxy TCP4", "the first byte is of no PROXY header")]
    [InlineData("GET / HTTP/1.1\r\n", "the first byte is of no PROXY header")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 50000 443\n", "the line ends without CR")]
    [InlineData("PROXY UDP4 192.0.2.7 198.51.100.9 50000 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 50000\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 50000 443 \r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4  192.0.2.7 198.51.100.9 50000 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 50000 65536\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 050 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 +50 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4 192.0.2 198.51.100.9 50000 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4 192.0.2.07 198.51.100.9 50000 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP4 2001:db8::7 2001:db8::9 50000 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP6 192.0.2.7 198.51.100.9 50000 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP6 fe80::1%eth0 2001:db8::9 50000 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY TCP6 [2001:db8::7] 2001:db8::9 50000 443\r\n", "the line is not PROXY")]
    [InlineData("PROXY \r\n", "the line is not PROXY")]
    public void A_line_that_does_not_match_is_invalid(string line, string fault) => AssertInvalid(Encoding.ASCII.GetBytes(line), fault);

    [Fact]
    public void A_line_of_107_characters_is_the_longest()
    {
        string longest = "PROXY UNKNOWN " + new string('x', 91) + "\r\n";
        Assert.Equal(107, longest.Length);
        Assert.Equal(new ProxyHeader(), Read(Encoding.ASCII.GetBytes(longest)));
        AssertInvalid(Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 92) + "\r\n"), "the line has no end within 107 characters");
        AssertInvalid(Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 100_000)), "the line has no end within 107 characters");
    }

    [Theory]
    [InlineData("2111000c" + Ipv4, "192.0.2.7:50000", "198.51.100.9:443")]
    [InlineData("21210024" + "20010db8000000000000000000000007" + "20010db8000000000000000000000009" + "c35001bb", "[2001:db8::7]:50000", "[2001:db8::9]:443")]
    [InlineData("21210024" + "00000000000000000000ffffc0000207" + "20010db8000000000000000000000009" + "c35001bb", "192.0.2.7:50000", "[2001:db8::9]:443")]
    // Vectors that are not known are skipped, NOOP (04) as well, and SSL (20) with what it holds.
    [InlineData("21110012" + Ipv4 + "040003aabbcc", "192.0.2.7:50000", "198.51.100.9:443")]
    [InlineData("21110014" + Ipv4 + "2000050100000000", "192.0.2.7:50000", "198.51.100.9:443")]
    public void A_header_of_version_2_names_client_and_server(string hex, string source, string destination)
    {
        ProxyHeader header = Read(V2(hex));
        Assert.Equal((IPEndPoint.Parse(source), IPEndPoint.Parse(destination)), (header.Source, header.Destination));
    }

    [Theory]
    [InlineData("20000000")] // LOCAL
    [InlineData("2011000c" + Ipv4)] // LOCAL discards the addresses
    [InlineData("20ff0002ffff")] // and the family with all that follows
    [InlineData("21000000")] // UNSPEC
    [InlineData("21000003aabbcc")] // UNSPEC with bytes to skip
    [InlineData("2112000c" + Ipv4)] // datagrams over IPv4: valid, and not what this connection is
    [InlineData("2110000c" + Ipv4)] // IPv4 with an unspecified protocol
    public void A_header_without_the_addresses_of_a_connection_leaves_its_own(string hex) => Assert.Equal(new ProxyHeader(), Read(V2(hex)));

    [Theory]
    [InlineData("213100d8")]
    [InlineData("213200d8")]
    public void A_Unix_socket_has_no_addresses_and_may_have_vectors(string head)
    {
        Assert.Equal(new ProxyHeader(), Read([.. V2(head), .. new byte[216]]));
        Assert.Equal(new ProxyHeader { UniqueId = "abc" },
            Read([.. V2(head[..4] + "00de"), .. new byte[216], .. Convert.FromHexString("050003" + "616263")]));
    }

    [Theory]
    [InlineData("0d0a0d0a000d0a515549540b", "the signature of version 2 is not whole")]
    [InlineData("0d0a0d0a010d0a", "the signature of version 2 is not whole")]
    [InlineData(Signature + "11", "version 1 behind the signature of version 2")]
    [InlineData(Signature + "31", "version 3 behind the signature of version 2")]
    [InlineData(Signature + "22", "the command 2 is not assigned")]
    [InlineData(Signature + "2141", "the family and protocol 0x41 is not assigned")]
    [InlineData(Signature + "2113", "the family and protocol 0x13 is not assigned")]
    [InlineData(Signature + "2111000b", "the announced length is 11, and the addresses take 12")]
    [InlineData(Signature + "21210023", "the announced length is 35, and the addresses take 36")]
    [InlineData(Signature + "213100d7", "the announced length is 215, and the addresses take 216")]
    [InlineData(Signature + "2111000d" + Ipv4 + "04", "a TLV is not whole")]
    [InlineData(Signature + "2111000f" + Ipv4 + "040001", "a TLV is longer than the header")]
    [InlineData(Signature + "2111000f" + Ipv4 + "04ffff", "a TLV is longer than the header")]
    [InlineData(Signature + "21110012" + Ipv4 + "030003000000", "the CRC32C is there twice, or has not 4 bytes")]
    [InlineData(Signature + "21110013" + Ipv4 + "03000400000000", "the CRC32C does not match")]
    public void A_header_of_version_2_that_is_not_well_formed_is_invalid(string hex, string fault) => AssertInvalid(Convert.FromHexString(hex), fault);

    [Fact]
    public void Name_and_unique_id_are_read()
    {
        Assert.Equal("hub.example", Read(With(2, "hub.example"u8)).Authority);
        Assert.Equal("7f3a-1", Read(With(5, "7f3a-1"u8)).UniqueId);
        Assert.Equal("00ff", Read(With(5, [0, 255])).UniqueId);
        Assert.Equal(new string('a', 128), Read(With(5, Encoding.ASCII.GetBytes(new string('a', 128)))).UniqueId);
        AssertInvalid(With(5, new byte[129]), "the unique id has 129 bytes");
    }

    [Fact]
    public void What_is_no_name_is_left_out_and_the_connection_goes_on()
    {
        Assert.Null(Read(With(2, [0xC3, 0x28])).Authority);
        Assert.Null(Read(With(2, "a\r\nb"u8)).Authority);
        Assert.Null(Read(With(2, [])).Authority);
        // What turns the text round, breaks the line or is not seen; letters of any script are a name.
        foreach (string unseen in (string[])["\u202emoc.kcatta", "a\u2028b", "a\u2029b", "a\u200bb", "\ufeffa", "a\U000e0041b"])
            Assert.Null(Read(With(2, Encoding.UTF8.GetBytes(unseen))).Authority);
        Assert.Equal("bücher.例え", Read(With(2, "bücher.例え"u8)).Authority);
        Assert.Null(Read(With(2, Encoding.ASCII.GetBytes(new string('a', 256)))).Authority);
        Assert.Equal(Client, Read(With(2, [0xC3, 0x28])).Source);
    }

    [Fact]
    public void A_checksum_covers_the_whole_header()
    {
        byte[] header = [.. With(2, "hub.example"u8), 3, 0, 4, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(header.Length - 16));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(header.Length - 4), ProxyTlvs.Checksum(header, header.Length - 4));
        Assert.Equal("hub.example", Read(header).Authority);
        // Wherever a byte is wrong behind what frames the header, but for the type that makes it a checksum.
        for (int i = 16; i < header.Length; i++)
        {
            if (i == header.Length - 7) continue;
            byte[] broken = [.. header];
            broken[i] ^= 1;
            Assert.Equal(ParseStatus.Invalid, ProxyHeader.TryRead(broken, out _, out _, out _));
        }
    }

    // RFC 3720 appendix B.4: 32 bytes of zeros have 8a9136aa.
    [Fact]
    public void The_checksum_is_CRC32C() => Assert.Equal(0x8A9136AAu, ProxyTlvs.Checksum(new byte[32], 0));

    [Fact]
    public void Every_beginning_of_a_header_asks_for_more_and_never_for_more_than_there_is()
    {
        byte[][] headers =
        [
            "PROXY TCP4 192.0.2.7 198.51.100.9 50000 443\r\n"u8.ToArray(), "PROXY UNKNOWN\r\n"u8.ToArray(), V2("20000000"), V2("2111000c" + Ipv4),
            With(2, "hub.example"u8), [.. V2("213100d8"), .. new byte[216]], With(4, new byte[60_000]),
        ];
        foreach (byte[] header in headers)
        {
            for (int length = 0; length < header.Length; length += length < 300 ? 1 : 977)
            {
                Assert.Equal(ParseStatus.NeedMore, ProxyHeader.TryRead(header.AsSpan(0, length), out _, out int consumed, out _));
                Assert.Equal(0, consumed);
                Assert.InRange(ProxyHeader.Missing(header.AsSpan(0, length)), 1, header.Length - length);
            }
        }
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (IPEndPoint source in (IPEndPoint[])[Client, IPEndPoint.Parse("[2001:db8::7]:50000")])
        {
            foreach (IPEndPoint destination in (IPEndPoint[])[Server, IPEndPoint.Parse("[2001:db8::9]:443")])
            {
                byte[] target = new byte[ProxyHeaderV1.MaxLength];
                Assert.Equal(new ProxyHeader(source, destination), Read(target[..ProxyHeaderV1.Write(target, source, destination)]));
                Assert.Equal(new ProxyHeader(source, destination), Read(target[..ProxyHeaderV2.Write(target, source, destination)]));
            }
        }
    }

    [Fact]
    public void The_bytes_that_are_written_are_those_of_the_specification()
    {
        byte[] target = new byte[ProxyHeaderV1.MaxLength];
        Assert.Equal("PROXY TCP4 192.0.2.7 198.51.100.9 50000 443\r\n", Encoding.ASCII.GetString(target, 0, ProxyHeaderV1.Write(target, Client, Server)));
        Assert.Equal("PROXY TCP6 ::ffff:c000:207 2001:db8::9 50000 443\r\n",
            Encoding.ASCII.GetString(target, 0, ProxyHeaderV1.Write(target, Client, IPEndPoint.Parse("[2001:db8::9]:443"))));
        Assert.Equal("PROXY UNKNOWN\r\n", Encoding.ASCII.GetString(target, 0, ProxyHeaderV1.Write(target, null, null)));
        Assert.Equal(Signature + "2111000c" + Ipv4, Convert.ToHexStringLower(target.AsSpan(0, ProxyHeaderV2.Write(target, Client, Server))));
        Assert.Equal(Signature + "20000000", Convert.ToHexStringLower(target.AsSpan(0, ProxyHeaderV2.Write(target, null, Server))));
    }

    private static byte[] V2(string hex) => Convert.FromHexString(Signature + hex);

    private static byte[] With(byte type, ReadOnlySpan<byte> value)
    {
        byte[] header = [.. V2("2111000c" + Ipv4), type, (byte)(value.Length >> 8), (byte)value.Length, .. value];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(header.Length - 16));
        return header;
    }

    private static ProxyHeader Read(byte[] bytes)
    {
        // What follows is not touched.
        Assert.Equal(ParseStatus.Ok, ProxyHeader.TryRead([.. bytes, 5, 1, 0], out ProxyHeader? header, out int consumed, out string? fault));
        Assert.Equal((bytes.Length, null), (consumed, fault));
        return header!;
    }

    private static void AssertInvalid(byte[] bytes, string expected)
    {
        Assert.Equal(ParseStatus.Invalid, ProxyHeader.TryRead(bytes, out ProxyHeader? header, out int consumed, out string? fault));
        Assert.Equal((null, 0), (header, consumed));
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
    }
}
