using System.Globalization;
using MultiExit.Benchmarks.Allocations;

namespace MultiExit.Benchmarks.Tests;

/// <summary>What a session allocates, beside what it did when allocations.txt was written. The processes around it do not move that figure.</summary>
public sealed class AllocationTests
{
    private const double Most = 1.1;
    private const double Least = 0.8;

    private static readonly Dictionary<string, long> Held = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "allocations.txt"))
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(": "))
        .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));

    public static TheoryData<string> Names => [.. Scenarios.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_session_allocates_no_more_than_it_did(string name)
    {
        long bytes = await AllocationRun.MeasureAsync(Scenarios.All.Single(scenario => scenario.Name == name));
        double ratio = (double)bytes / Held[name];
        Assert.True(ratio <= Most, $"a session of '{name}' allocates {bytes} bytes; allocations.txt has {Held[name]}, {ratio:P0} of that");
        Assert.True(ratio >= Least, $"a session of '{name}' allocates {bytes} bytes only: write that into allocations.txt, so that it is kept");
    }

    [Fact]
    public void The_table_has_the_scenarios_and_no_others() => Assert.Equal(Scenarios.All.Select(scenario => scenario.Name), Held.Keys);
}
