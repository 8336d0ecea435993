using System.Net;
using MultiExit.Engine.Protocols.Dns;
using static MultiExit.Engine.Tests.Protocols.Dns.DnsBytes;

namespace MultiExit.Engine.Tests.Protocols.Dns;

public sealed class DnsMessageTests
{
    [Fact]
    public void A_query_is_that_of_the_rfc()
    {
        // RFC 8484 section 4.1.1: the example for www.example.com, type A.
        byte[] query = DnsQuery.Write("www.example.com", DnsType.A);
        Assert.Equal("AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB", Convert.ToBase64String(query));
    }

    [Fact]
    public void The_response_of_the_rfc_is_read()
    {
        // RFC 8484 section 4.2.2.
        byte[] source = Convert.FromHexString(
            "00008180000100010000000003777777076578616d706c6503636f6d00001c0001c00c001c000100000e7d001020010db8abcd00120001000200030004");
        DnsMessage message = Parse(source, "www.example.com", DnsType.Aaaa);
        Assert.Equal([new DnsAddressRecord("www.example.com", 3709, IPAddress.Parse("2001:db8:abcd:12:1:2:3:4"))], message.Answers);
    }

    [Fact]
    public void Aliases_are_followed_and_the_shortest_ttl_counts()
    {
        DnsMessage message = Parse(Response("a.example", DnsType.A,
        [
            Record(Name("c.example"), DnsType.A, 100, 192, 0, 2, 1),
            Record(Asked, DnsType.Cname, 300, [1, (byte)'B', 0xc0, 14]), // B.example
            Record(Name("b.EXAMPLE"), DnsType.Cname, 50, Name("c.example")),
            Record(Name("c.example"), DnsType.A, 90, 192, 0, 2, 2),
        ]), "a.example", DnsType.A);
        string name = "a.example";
        uint ttl = uint.MaxValue;
        Assert.Equal(["192.0.2.1", "192.0.2.2"], message.Follow<DnsAddressRecord>(ref name, ref ttl).Select(record => record.Address.ToString()));
        Assert.Equal(("c.example", 50u), (name, ttl));
    }

    [Fact]
    public void Aliases_in_a_circle_lead_nowhere()
    {
        DnsMessage message = Parse(Response("a.example", DnsType.A,
            [Record(Asked, DnsType.Cname, 1, Name("b.example")), Record(Name("b.example"), DnsType.Cname, 1, Asked)]), "a.example", DnsType.A);
        string name = "a.example";
        uint ttl = 9;
        Assert.Empty(message.Follow<DnsAddressRecord>(ref name, ref ttl));
    }

    [Fact]
    public void An_https_record_is_read_with_all_its_parameters()
    {
        byte[] data = Https(1, "svc.example",
            (0, [0, 1, 0, 4]), (1, [2, (byte)'h', (byte)'2', 2, (byte)'h', (byte)'3']), (2, []), (3, [0x20, 0xfb]),
            (4, [192, 0, 2, 1, 192, 0, 2, 2]), (5, [1, 2, 3]), (6, [.. new byte[15], 1]), (667, [9]));
        DnsServiceRecord record = Service(data);
        Assert.Equal((60u, 1, "svc.example", false, true, 8443),
            (record.Ttl, record.Priority, record.Target, record.IsAlias, record.NoDefaultAlpn, record.Port!.Value));
        Assert.Equal(["h2", "h3"], record.Alpn);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], record.Ipv4Hints.Select(address => address.ToString()));
        Assert.Equal(["::1"], record.Ipv6Hints.Select(address => address.ToString()));
        Assert.Equal([1, 2, 3], record.Ech!);
        Assert.Null(record.UnknownMandatory);
    }

    [Fact]
    public void The_vectors_of_rfc_9460_are_read()
    {
        // Appendix D, figures 2, 4 and 9: alias to foo.example.com; `16 foo.example.com. port=53`; mandatory=alpn,ipv4hint.
        Assert.Equal((0, "foo.example.com"), Of("000003666f6f076578616d706c6503636f6d00"));
        Assert.Equal((16, "foo.example.com"), Of("001003666f6f076578616d706c6503636f6d00" + "000300020035"));
        DnsServiceRecord record = Service(Convert.FromHexString(
            "001003666f6f076578616d706c65036f726700" + "0000000400010004" + "000100090268320568332d3139" + "00040004c0000201"));
        Assert.Equal(["h2", "h3-19"], record.Alpn);
        Assert.Equal([IPAddress.Parse("192.0.2.1")], record.Ipv4Hints);
    }

    [Fact]
    public void What_is_mandatory_and_unknown_is_told() =>
        Assert.Equal((ushort)667, Service(Https(1, "", (0, [0, 1, 2, 0x9b]), (1, [1, (byte)'x']), (667, []))).UnknownMandatory);

    [Theory]
    [InlineData("000000020001")] // mandatory key that is not there
    [InlineData("0000000400010001" + "00010003026832")] // a mandatory key twice
    [InlineData("000000020000")] // mandatory names itself
    [InlineData("00000000")] // mandatory is empty
    [InlineData("000000010a")]
    [InlineData("000300020035" + "00010003026832")] // not in order
    [InlineData("000300020035" + "000300020035")] // twice
    [InlineData("00010000")] // empty alpn
    [InlineData("0001000100")] // empty protocol
    [InlineData("0001000103")] // protocol cut off
    [InlineData("00020000")] // no-default-alpn without alpn
    [InlineData("00010003026832" + "0002000100")] // no-default-alpn with a value
    [InlineData("0003000135")] // port of one byte
    [InlineData("00030003003500")]
    [InlineData("00040000")] // no address
    [InlineData("00040003c00002")]
    [InlineData("00060004c0000201")]
    [InlineData("0003")]
    [InlineData("00030002")]
    public void Malformed_parameters_spoil_the_answer(string parameters) =>
        AssertFault("holds a record that is malformed", DnsType.Https,
            Response("a.example", DnsType.Https, [Record(Asked, DnsType.Https, 60, [0, 1, 0, .. Convert.FromHexString(parameters)])]));

    [Fact]
    public void The_parameters_of_an_alias_have_no_meaning() =>
        Assert.True(Service([0, 0, .. Name("b.example"), 0xff]).IsAlias);

    [Fact]
    public void A_compressed_target_is_malformed() =>
        AssertFault("holds a record that is malformed", DnsType.Https,
            Response("a.example", DnsType.Https, [Record(Asked, DnsType.Https, 60, [0, 1, 0xc0, 12])]));

    [Fact]
    public void How_long_there_is_none_comes_from_the_soa()
    {
        Assert.Equal(30u, Parse(Response("a.example", DnsType.A, [], [Soa(60, 30)], code: 3), "a.example", DnsType.A).NegativeTtl);
        Assert.Equal(60u, Parse(Response("a.example", DnsType.A, [], [Soa(60, 300)]), "a.example", DnsType.A).NegativeTtl);
        Assert.Null(Parse(Response("a.example", DnsType.A, []), "a.example", DnsType.A).NegativeTtl);
    }

    [Fact]
    public void A_negative_ttl_is_zero()
    {
        DnsMessage message = Parse(Response("a.example", DnsType.A, [Record(Asked, DnsType.A, -1, 192, 0, 2, 1)]), "a.example", DnsType.A);
        Assert.Equal(0u, message.Answers[0].Ttl);
    }

    [Theory]
    [InlineData("b.example", 1, 0x81, "answers another question")]
    [InlineData("a.example", 28, 0x81, "answers another question")]
    [InlineData("a.example", 1, 0x01, "is no response to a query")]
    [InlineData("a.example", 1, 0x89, "is no response to a query")]
    [InlineData("a.example", 1, 0x83, "is cut off")]
    public void Another_response_is_refused(string name, int type, byte flags, string fault) =>
        Assert.Equal(fault, DnsMessage.Parse(Response(name, (DnsType)type, [], flags: flags), "a.example", DnsType.A, out _));

    [Theory]
    [InlineData(0xc0, 27)] // to itself
    [InlineData(0xc0, 28)] // forward
    [InlineData(0xff, 0xff)] // out of the message
    [InlineData(0x40, 0)] // a label type that never was
    public void A_name_that_leads_nowhere_is_malformed(byte first, byte second)
    {
        byte[] source = Response("a.example", DnsType.A, [Record([first, second], DnsType.A, 1, 192, 0, 2, 1)]);
        Assert.Equal([first, second], source[27..29]);
        AssertFault("holds a record that is malformed", DnsType.A, source);
    }

    [Fact]
    public void A_name_of_pointers_to_pointers_ends()
    {
        // Labels of 63 octets, each followed by a pointer to the one before: the name grows beyond 255 octets and is refused.
        int start = 12 + Name("a.example").Length + 4 + 2 + 10;
        int before = 12;
        List<byte[]> answers = [];
        for (int i = 0; i < 5; i++)
        {
            byte[] name = [63, .. Enumerable.Repeat((byte)'x', 63), .. UInt16(0xc000 | before)];
            answers.Add(Record(Asked, DnsType.Cname, 1, name));
            before = start;
            start += 12 + name.Length;
        }
        AssertFault("holds a record that is malformed", DnsType.A, Response("a.example", DnsType.A, [.. answers]));
        Parse(Response("a.example", DnsType.A, [.. answers.Take(3)]), "a.example", DnsType.A);
    }

    [Fact]
    public void Cut_off_anywhere_or_damaged_it_throws_nothing()
    {
        byte[] source = Response("a.example", DnsType.Https,
            [Record(Asked, DnsType.Cname, 1, Name("b.example")),
                Record(Name("b.example"), DnsType.Https, 60, Https(1, "", (1, [2, (byte)'h', (byte)'2']), (5, [1])))],
            [Soa(1, 1)]);
        Parse(source, "a.example", DnsType.Https);
        for (int length = 0; length < source.Length; length++)
            Assert.NotNull(DnsMessage.Parse(source.AsSpan(0, length), "a.example", DnsType.Https, out _));
        Random random = new(1035);
        for (int round = 0; round < 5000; round++)
        {
            byte[] damaged = [.. source];
            for (int i = random.Next(1, 4); i > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            DnsMessage.Parse(damaged, "a.example", DnsType.Https, out _);
        }
    }

    [Fact]
    public void Records_of_other_types_and_classes_are_skipped()
    {
        byte[] chaos = Record(Asked, DnsType.A, 1, 1, 2, 3, 4);
        chaos[5] = 3;
        Assert.Empty(Parse(Response("a.example", DnsType.A, [Record(Asked, (DnsType)46, 1, 9), chaos]), "a.example", DnsType.A).Answers);
    }

    [Theory]
    [InlineData("Example.COM.", "example.com")]
    [InlineData("_8443._https.hub.example", "_8443._https.hub.example")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("a..b", null)]
    [InlineData("a b", null)]
    [InlineData("a\\.b", null)]
    public void Names_are_brought_into_one_form(string text, string? expected)
    {
        Assert.Equal(expected is not null, DnsName.TryNormalize(text, out string? name));
        if (expected is not null) Assert.Equal(expected, name);
    }

    [Fact]
    public void Names_have_their_lengths()
    {
        string label = new('a', 63);
        Assert.True(DnsName.TryNormalize($"{label}.{label}.{label}.{label[..61]}", out string? longest));
        Assert.Equal(DnsName.MaxLength, DnsQuery.Write(longest, DnsType.A).Length - 16);
        Assert.False(DnsName.TryNormalize($"{label}.{label}.{label}.{label[..62]}", out _));
        Assert.False(DnsName.TryNormalize(label + "a", out _));
    }

    private static (int Priority, string Target) Of(string hex)
    {
        DnsServiceRecord record = Service(Convert.FromHexString(hex));
        return (record.Priority, record.Target);
    }

    private static DnsServiceRecord Service(byte[] data) => Assert.IsType<DnsServiceRecord>(Assert.Single(
        Parse(Response("a.example", DnsType.Https, [Record(Asked, DnsType.Https, 60, data)]), "a.example", DnsType.Https).Answers));

    private static DnsMessage Parse(byte[] source, string name, DnsType type)
    {
        Assert.Null(DnsMessage.Parse(source, name, type, out DnsMessage? message));
        return message!;
    }

    private static void AssertFault(string fault, DnsType type, byte[] source) =>
        Assert.Equal(fault, DnsMessage.Parse(source, "a.example", type, out _));
}
