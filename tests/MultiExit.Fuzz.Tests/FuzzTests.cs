using System.Globalization;

namespace MultiExit.Fuzz.Tests;

/// <summary>A bounded run of every target: the corpus, and then the inputs that the mutator makes of it.</summary>
public sealed class FuzzTests
{
    // The same inputs each time, as far as the time allows: a fault that is found is found again.
    private const int Seed = 20260101;

    // MULTIEXIT_FUZZ_SECONDS is the time of each target.
    private static readonly TimeSpan Time =
        TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("MULTIEXIT_FUZZ_SECONDS") ?? "1",
            CultureInfo.InvariantCulture));

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_target_takes_every_input_with_a_declared_outcome_within_its_bounds(string name)
    {
        FuzzRunner runner = new(FuzzTargets.All.Single(target => target.Name == name));
        FuzzFinding? finding = runner.Replay() ?? runner.Mutate(Time, Seed, out _);
        Assert.True(finding is null, $"{finding}");
    }

    [Fact]
    public void Every_target_has_a_corpus_and_every_corpus_a_target()
    {
        Assert.Equal(FuzzTargets.All.Select(target => target.Name).Order(StringComparer.Ordinal),
            Corpus.Names.Order(StringComparer.Ordinal));
        Assert.All(FuzzTargets.All, target => Assert.True(Corpus.Of(target.Name).Count > 5, $"{target.Name} has hardly any input"));
    }
}
