using System.Net;
using System.Text;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Sources;

namespace MultiExit.Engine.Tests.Routing.RuleSets;

/// <summary>The formats of rule sets, what their entries stand for, and what is refused.</summary>
public sealed class RuleSetReaderTests
{
    private const string Lines =
        "\uFEFF# partners\n example.com \r\n.corp.example # all of it\n\n10.0.0.0/8\n2001:db8::/32\n192.0.2.7\nkeyword:track\nBÜCHER.example\n";

    private const string ClashDomains = "payload:\n  # names\n  - '+.corp.example'\n  - \"example.com\"\n  - .sub.example\n  - '*.one.example'\n";

    private const string ClashClassical =
        "payload:\n- DOMAIN,example.com\n- DOMAIN-SUFFIX,corp.example\n- DOMAIN-KEYWORD,track\n"
        + "- IP-CIDR,10.0.0.0/8,no-resolve\n- IP-CIDR6,2001:db8::/32 # v6\n";

    private const string SingBox =
        """
        {
          "version": 3,
          "rules": [
            { "domain": ["example.com", "a.example"], "domain_suffix": "corp.example" },
            { "domain_suffix": [".sub.example"], "domain_keyword": "track",
              "ip_cidr": ["10.0.0.0/8", "2001:db8::/32"] }
          ]
        }
        """;

    [Theory]
    [InlineData(RuleSetFormat.Lines, Lines, "example.com", 2)]
    [InlineData(RuleSetFormat.Lines, Lines, "www.example.com", 0)]
    [InlineData(RuleSetFormat.Lines, Lines, "corp.example", 3)]
    [InlineData(RuleSetFormat.Lines, Lines, "a.b.corp.example", 3)]
    [InlineData(RuleSetFormat.Lines, Lines, "xcorp.example", 0)]
    [InlineData(RuleSetFormat.Lines, Lines, "my-tracker.example", 8)]
    [InlineData(RuleSetFormat.Lines, Lines, "xn--bcher-kva.example", 9)]
    [InlineData(RuleSetFormat.Clash, ClashDomains, "corp.example", 3)]
    [InlineData(RuleSetFormat.Clash, ClashDomains, "a.corp.example", 3)]
    [InlineData(RuleSetFormat.Clash, ClashDomains, "example.com", 4)]
    [InlineData(RuleSetFormat.Clash, ClashDomains, "sub.example", 0)]
    [InlineData(RuleSetFormat.Clash, ClashDomains, "a.b.sub.example", 5)]
    [InlineData(RuleSetFormat.Clash, ClashDomains, "a.one.example", 6)]
    [InlineData(RuleSetFormat.Clash, ClashDomains, "one.example", 0)]
    [InlineData(RuleSetFormat.Clash, ClashDomains, "a.b.one.example", 0)]
    [InlineData(RuleSetFormat.Clash, ClashClassical, "example.com", 2)]
    [InlineData(RuleSetFormat.Clash, ClashClassical, "a.corp.example", 3)]
    [InlineData(RuleSetFormat.Clash, ClashClassical, "xtrackx.example", 4)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "example.com", 4)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "a.example", 4)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "corp.example", 4)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "x.corp.example", 4)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "sub.example", 0)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "x.sub.example", 5)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "tracker.example", 5)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "b.example", 0)]
    public void A_name_is_in_a_set_by_the_line_that_says_so(RuleSetFormat format, string text, string name, int line)
    {
        RuleSetContent content = Read(format, text);
        Assert.Equal(line > 0, content.Contains(name));
        Assert.Equal(line, content.Find(name)?.Line ?? 0);
    }

    [Theory]
    [InlineData(RuleSetFormat.Lines, Lines, "10.255.0.1", 5)]
    [InlineData(RuleSetFormat.Lines, Lines, "::ffff:10.1.1.1", 5)]
    [InlineData(RuleSetFormat.Lines, Lines, "2001:db8:ffff::1", 6)]
    [InlineData(RuleSetFormat.Lines, Lines, "192.0.2.7", 7)]
    [InlineData(RuleSetFormat.Lines, Lines, "192.0.2.8", 0)]
    [InlineData(RuleSetFormat.Lines, "0.0.0.0/0\n", "255.255.255.255", 1)]
    [InlineData(RuleSetFormat.Lines, "::/0\n", "ffff::1", 1)]
    [InlineData(RuleSetFormat.Lines, "10.1.0.0/16\n10.0.0.0/8\n11.0.0.0/8\n", "10.2.0.0", 2)]
    [InlineData(RuleSetFormat.Lines, "10.1.0.0/16\n10.0.0.0/8\n11.0.0.0/8\n", "11.0.0.0", 3)]
    [InlineData(RuleSetFormat.Lines, "10.1.0.0/16\n10.0.0.0/8\n11.0.0.0/8\n", "12.0.0.0", 0)]
    [InlineData(RuleSetFormat.Clash, ClashClassical, "10.1.2.3", 5)]
    [InlineData(RuleSetFormat.Clash, ClashClassical, "2001:db8::1", 6)]
    [InlineData(RuleSetFormat.Clash, "payload:\n  - '192.0.2.0/24'\n  - 2001:db8::1\n", "2001:db8::1", 3)]
    [InlineData(RuleSetFormat.SingBox, SingBox, "10.1.2.3", 6)]
    public void An_address_is_in_a_set_by_the_line_that_says_so(RuleSetFormat format, string text, string address, int line)
    {
        RuleSetContent content = Read(format, text);
        Assert.Equal(line > 0, content.Contains(IPAddress.Parse(address)));
        Assert.Equal(line, content.Find(IPAddress.Parse(address)) ?? 0);
    }

    [Theory]
    [InlineData(RuleSetFormat.Lines, "a.example\nb..example\n", "line 2: \"b..example\" is no domain")]
    [InlineData(RuleSetFormat.Lines, "-a.example\n", "line 1: \"-a.example\" is no domain")]
    [InlineData(RuleSetFormat.Lines, "a b\n", "line 1: \"a b\" is no domain")]
    [InlineData(RuleSetFormat.Lines, ".\n", "line 1: \"\" is no domain")]
    [InlineData(RuleSetFormat.Lines, "*.example\n", "line 1: \"*.example\" has a wildcard; .example.com is the domain and everything beneath it")]
    [InlineData(RuleSetFormat.Lines, "\n10.0.0.1/8\n", "line 2: \"10.0.0.1/8\" is no network such as 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData(RuleSetFormat.Lines, "1.2.3\n", "line 1: \"1.2.3\" is no network such as 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData(RuleSetFormat.Lines, "keyword:\n", "line 1: \"\" is no part of a name")]
    [InlineData(RuleSetFormat.Lines, "<html>\n", "line 1: \"<html>\" is no domain")]
    [InlineData(RuleSetFormat.Clash, "payload:\n  - GEOIP,DE\n",
        "line 2: \"GEOIP\" is no type that a set can have; there are DOMAIN, DOMAIN-SUFFIX, DOMAIN-KEYWORD, IP-CIDR and IP-CIDR6")]
    [InlineData(RuleSetFormat.Clash, "payload:\n  - 'a.example\n", "line 2: \"'a.example\" has a quote that does not end")]
    [InlineData(RuleSetFormat.Clash, "payload:\n- DOMAIN,a.example,proxy\n", "line 2: \"DOMAIN,a.example,proxy\" has more than a type and a value")]
    [InlineData(RuleSetFormat.Clash, "a.*.example\n", "line 1: \"a.*.example\" is no domain")]
    [InlineData(RuleSetFormat.Lines, "", "it has no entry")]
    [InlineData(RuleSetFormat.Lines, "# nothing\n\n", "it has no entry")]
    [InlineData(RuleSetFormat.Clash, "", "it has no entry")]
    [InlineData(RuleSetFormat.Clash, "payload:\n", "it has no entry")]
    [InlineData(RuleSetFormat.SingBox, "{ \"version\": 1, \"rules\": [] }", "it has no entry")]
    [InlineData(RuleSetFormat.SingBox, "", "line 1: it is no JSON")]
    [InlineData(RuleSetFormat.SingBox, "{\n\"rules\": [,", "line 2: it is no JSON")]
    [InlineData(RuleSetFormat.SingBox, "{}", "line 1: there are no `rules`, which a rule set of sing-box has")]
    [InlineData(RuleSetFormat.SingBox, "[]", "line 1: it is no rule set of sing-box with plain rules")]
    [InlineData(RuleSetFormat.SingBox, "{ \"rules\": [\n{ \"port\": 1 } ] }",
        "line 2: \"port\" is nothing a set can ask for; there are domain, domain_suffix, domain_keyword and ip_cidr")]
    [InlineData(RuleSetFormat.SingBox, "{ \"rules\": [ { \"domain\": \"a.example\",\n\"invert\": true } ] }",
        "line 2: it is no rule set of sing-box with plain rules")]
    [InlineData(RuleSetFormat.SingBox, "{ \"rules\": [ { \"domain\": [\n[\"a.example\"]] } ] }", "line 2: it is no rule set of sing-box with plain rules")]
    [InlineData(RuleSetFormat.SingBox, "{ \"rules\": [ { \"domain\": [\n\n\"a..b\"] } ] }", "line 3: \"a..b\" is no domain")]
    public void A_set_with_a_faulty_entry_is_refused_with_its_line(RuleSetFormat format, string text, string reason) =>
        Assert.Equal(reason, Assert.Throws<SourceFaultException>(() => Read(format, text)).Message);

    [Theory]
    [InlineData(RuleSetFormat.Lines, "line 2: it has more than 4096 bytes")]
    [InlineData(RuleSetFormat.SingBox, "line 1: it has a value of more than 65536 bytes")]
    public void A_line_without_an_end_takes_no_memory(RuleSetFormat format, string reason)
    {
        string text = format == RuleSetFormat.Lines ? "a.example\n" + new string('a', 200_000) : "{ \"rules\": [ { \"domain\": \"" + new string('a', 200_000);
        Assert.Equal(reason, Assert.Throws<SourceFaultException>(() => Read(format, text)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_set_may_come_in_pieces(int piece)
    {
        foreach ((RuleSetFormat format, string text) in ((RuleSetFormat, string)[])
            [(RuleSetFormat.Lines, Lines), (RuleSetFormat.Clash, ClashClassical), (RuleSetFormat.SingBox, SingBox)])
        {
            RuleSetContent content = RuleSetReader.Read(new PieceStream(Encoding.UTF8.GetBytes(text), piece), format);
            Assert.Equal(Read(format, text).Find("tracker.example"), content.Find("tracker.example"));
            Assert.True(content.Contains("x.corp.example"));
        }
    }

    [Fact]
    public void The_same_domain_in_two_lines_is_one_that_stands_for_both()
    {
        RuleSetContent content = Read(RuleSetFormat.Clash, "a.example\n.a.example\nA.example\n");
        Assert.Equal(1, content.Domains);
        Assert.True(content.Contains("a.example") && content.Contains("b.a.example"));
    }

    [Fact]
    public void A_million_domains_take_less_than_a_hundred_megabytes_and_each_is_found()
    {
        const int Count = 1_000_000;
        IEnumerable<string> lines = Enumerable.Range(0, Count).Select(i => $"{(i % 2 == 0 ? "." : "")}host{i}.site{i % 1000}.example\n");
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(lines));
        RuleSetContent content = RuleSetReader.Read(new MemoryStream(text), RuleSetFormat.Lines);
        Assert.Equal(Count, content.Domains);
        Assert.InRange(content.Bytes, 1, 100_000_000);
        for (int i = 0; i < Count; i += 97)
        {
            Assert.Equal(i + 1, content.Find($"host{i}.site{i % 1000}.example")!.Value.Line);
            Assert.Equal(i % 2 == 0, content.Contains($"www.host{i}.site{i % 1000}.example"));
        }
        Assert.False(content.Contains("site1.example"));
        Assert.False(content.Contains("example"));
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        RuleSetContent content = Read(RuleSetFormat.Lines, Lines);
        IPAddress address = IPAddress.Parse("10.1.1.1");
        Assert.False(content.Contains("www.shop.example.org") || content.Contains("a.corp.exampl") || !content.Contains(address));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Assert.True(!content.Contains("www.shop.example.org") && content.Contains(address));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static RuleSetContent Read(RuleSetFormat format, string text) => RuleSetReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), format);

    // Gives a few bytes at a time.
    private sealed class PieceStream(byte[] content, int piece) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
