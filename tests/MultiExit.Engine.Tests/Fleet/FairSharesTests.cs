using MultiExit.Engine.Fleet.Shares;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>How a limit is divided among nodes.</summary>
public sealed class FairSharesTests
{
    [Theory]
    [InlineData(30, "5", "30")] // alone: everything
    [InlineData(30, "30 30 30", "10 10 10")]
    [InlineData(30, "4 30 30", "4 13 13")] // who wants little has it, and the others what it leaves
    [InlineData(30, "2 5 30", "2 5 23")]
    [InlineData(100, "5 20", "43 57")] // enough for all: what is left is divided evenly
    [InlineData(30, "0 10 10", "0 15 15")] // who wants nothing has nothing
    [InlineData(2, "9 9 9", "1 1 0")] // what cannot be divided goes to the first by name
    [InlineData(31, "30 30 30", "11 10 10")]
    [InlineData(0, "1 1", "0 0")]
    [InlineData(1, "1", "1")]
    public void A_limit_is_divided(long limit, string demands, string shares) =>
        Assert.Equal(shares, string.Join(' ', Divide(limit, [.. demands.Split(' ').Select(long.Parse)])));

    [Fact]
    public void Whatever_nodes_want_they_have_the_limit_together_and_nobody_is_worse_off_than_it_has_to_be()
    {
        Random random = new(20261201);
        for (int round = 0; round < 2000; round++)
        {
            long limit = random.NextInt64(1, 1L << random.Next(1, 40));
            long[] demands = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Math.Min(limit, random.NextInt64(0, 1L << random.Next(1, 40))))];
            long[] shares = Divide(limit, demands);
            Assert.Equal(demands.Any(demand => demand > 0) ? limit : 0, shares.Sum());
            long largest = shares.Max();
            for (int i = 0; i < demands.Length; i++)
            {
                // Less than it wants only where nobody has more.
                if (shares[i] < demands[i]) Assert.InRange(shares[i], largest - 1, largest);
                if (demands[i] == 0) Assert.Equal(0, shares[i]);
            }
        }
    }

    [Fact]
    public void A_node_that_is_not_among_those_that_want_has_nothing() =>
        Assert.Equal(0, FairShares.Of(10, "x", new Dictionary<string, long>(StringComparer.Ordinal) { ["a"] = 5 }));

    private static long[] Divide(long limit, long[] demands)
    {
        string[] names = [.. Enumerable.Range(0, demands.Length).Select(i => $"n{i:00}")];
        Dictionary<string, long> known = names.Zip(demands).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        return [.. names.Select(name => FairShares.Of(limit, name, known))];
    }
}
