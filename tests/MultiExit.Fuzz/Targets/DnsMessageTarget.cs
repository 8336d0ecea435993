using System.Buffers.Binary;
using MultiExit.Engine.Protocols.Dns;

namespace MultiExit.Fuzz.Targets;

/// <summary>Answers of a resolver, HTTPS records (RFC 9460) included; the question is the one that the message repeats. Outcomes: a
/// message, or what is wrong with it.</summary>
internal static class DnsMessageTarget
{
    public static FuzzTarget Target => new("dns-message", Run)
    {
        MaxLength = 1500,
        Words =
        [
            @"\xc0\x0c", @"\xc0\x00", @"\xff\xff", @"\x00\x01\x00\x01", @"\x00\x1c\x00\x01", @"\x00\x41\x00\x01", @"\x00\x05\x00\x01",
            @"\x00\x06\x00\x01", @"\x00\x00\x01\x2c\x00\x04", @"\x3f", @"\x40", @"\x00",
            @"\x00\x00\x00\x02\x00\x01", @"\x00\x01\x00\x03\x02h2", @"\x00\x02\x00\x00", @"\x00\x03\x00\x02\x01\xbb",
            @"\x00\x04\x00\x04\x7f\x00\x00\x01", @"\x00\x05\x00\x00", @"\x00\x06\x00\x10"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        int at = DnsMessage.HeaderLength;
        string name = "";
        if (input.Length > at && !DnsName.TryRead(input, ref at, out name)) name = "example.com";
        DnsType type = input.Length >= at + 2 ? (DnsType)BinaryPrimitives.ReadUInt16BigEndian(input[at..]) : DnsType.A;
        Meter meter = new();
        string? problem = DnsMessage.Parse(input, name, type, out DnsMessage? message);
        // A name of two octets, a pointer, is up to 254 octets of text, and four characters for each in the worst case.
        meter.Check(input.Length, 600, 16384);
        Claim.Same(message is null, problem is not null, "a problem comes without a message");
        if (message is not null) CheckAnswers(message, name);
        CheckQuery(name, type);
    }

    private static void CheckAnswers(DnsMessage message, string name)
    {
        foreach (DnsRecord record in message.Answers)
        {
            CheckName(record.Name);
            Claim.That(record.Ttl <= int.MaxValue, "a TTL has its top bit set");
            if (record is DnsAliasRecord alias) CheckName(alias.Target);
            if (record is not DnsServiceRecord service) continue;
            CheckName(service.Target);
            Claim.That(!service.IsAlias || service.Ech is null && service.Port is null && service.Alpn.Count == 0,
                "an alias has parameters");
        }
        Claim.That(message.NegativeTtl is null or <= int.MaxValue, "a negative TTL has its top bit set");
        uint ttl = uint.MaxValue;
        string end = name;
        IReadOnlyList<DnsAddressRecord> found = message.Follow<DnsAddressRecord>(ref end, ref ttl);
        Claim.That(found.All(record => record.Name == end), "a record of another name is an answer");
        message.Follow<DnsServiceRecord>(ref name, ref ttl);
    }

    private static void CheckName(string name) =>
        Claim.That(name.Length <= 4 * DnsName.MaxLength && !name.AsSpan().ContainsAnyExceptInRange('!', '~'),
            "a name is too long, or has a character that does not print");

    private static void CheckQuery(string name, DnsType type)
    {
        if (!DnsName.TryNormalize(name, out string? normalized) || normalized != name) return;
        byte[] query = DnsQuery.Write(name, type);
        Claim.That(DnsMessage.Parse(query, name, type, out _) is not null, "a query passes as a response");
        query[2] |= 0x80;
        Claim.Same(null, DnsMessage.Parse(query, name, type, out DnsMessage? empty), "a query as a response");
        Claim.Same(0, empty!.Answers.Count, "the answers of a query");
    }
}
