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
    [InlineData("", false)]
    public void ExactAndSuffix(string name, bool expected) =>
        Assert.Equal(expected, new DomainSet(["Example.com", ".corp.example.", ".bücher.example"]).Contains(name));

    [Fact]
    public void AgreesWithANaiveOracle()
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
                Assert.Equal(domains.Any(domain => Naive(domain, name)), set.Contains(name));
            }
        }
    }

    private static bool Naive(string domain, string name)
    {
        domain = domain.TrimEnd('.').ToLowerInvariant();
        name = name.TrimEnd('.').ToLowerInvariant();
        return domain[0] == '.' ? ("." + name).EndsWith(domain, StringComparison.Ordinal) : domain == name;
    }
}
