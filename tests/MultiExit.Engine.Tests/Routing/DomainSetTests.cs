using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;

namespace MultiExit.Engine.Tests.Routing;

public sealed class DomainSetTests
{
    [Theory]
    [InlineData("example.com", true)]
    [InlineData("EXAMPLE.com", true)]
    [InlineData("example.com.", true)]
    [InlineData("www.example.com", false)]
    [InlineData("corp.example", true)]
    [InlineData("a.b.Corp.Example.", true)]
    [InlineData("notcorp.example", false)]
    [InlineData("example", false)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("www.Bücher.example", true)]
    [InlineData("www。ｃｏｒｐ.example", true)]
    [InlineData("b\u00adücher.example", true)]
    public void A_rule_finds_a_name_in_whatever_form_a_client_writes_it(string name, bool expected) =>
        Assert.Equal(expected, Contains(new DomainSet(["Example.com", ".corp.example.", ".bücher.example"]), name));

    [Fact]
    public void It_agrees_with_a_naive_comparison()
    {
        Random random = new(20260101);
        string Label() => new([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => "abAB"[random.Next(4)])]);
        string Name() => string.Join('.', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Label())) + (random.Next(4) == 0 ? "." : "");
        for (int round = 0; round < 50; round++)
        {
            string[] domains = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => (random.Next(2) == 0 ? "." : "") + Name())];
            DomainSet set = new(domains);
            for (int i = 0; i < 200; i++)
            {
                string name = Name();
                Assert.Equal(domains.Any(domain => Naive(domain, name)), Contains(set, name));
            }
        }
    }

    private static bool Contains(DomainSet set, string name)
    {
        Assert.True(Destination.TryFromHost(name, 443, out Destination? destination));
        return set.Contains(destination.Host);
    }

    private static bool Naive(string domain, string name)
    {
        domain = domain.TrimEnd('.').ToLowerInvariant();
        name = name.TrimEnd('.').ToLowerInvariant();
        return domain[0] == '.' ? ("." + name).EndsWith(domain, StringComparison.Ordinal) : domain == name;
    }
}
