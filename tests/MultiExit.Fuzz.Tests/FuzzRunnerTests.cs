namespace MultiExit.Fuzz.Tests;

/// <summary>The tool itself: a run without findings proves something only when the tool finds the faults that exist.</summary>
public sealed class FuzzRunnerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly List<byte[]> Kept = [];

    // The corpus is that of the name.
    private static FuzzRunner Runner(FuzzBody body) => new(new FuzzTarget("socks5-request", body));

    [Fact]
    public void An_input_that_throws_is_found_cut_down_and_found_again_by_its_seed()
    {
        FuzzTarget target = new("socks5-request", input => Claim.That(!input.Contains((byte)0xee), "there is an ee")) { Words = [@"\xee"] };
        FuzzFinding? finding = new FuzzRunner(target).Mutate(Patience, 1, out _);
        Assert.NotNull(finding);
        Assert.Equal([0xee], finding.Input);
        Mutator mutator = new(Corpus.Of(target.Name), [[0xee]], target.MaxLength);
        Assert.Contains((byte)0xee, mutator.Make(finding.Seed!.Value));
        Assert.StartsWith($"socks5-request, seed {finding.Seed}: FuzzFailureException: there is an ee", finding.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_allocation_beyond_the_bound_is_found()
    {
        FuzzFinding? finding = Runner(input =>
        {
            Meter meter = new();
            Kept.Add(new byte[input.Length * input.Length]);
            Kept.Clear();
            meter.Check(input.Length, 16, 4096);
        }).Replay();
        Assert.IsType<BoundExceededException>(finding?.Fault);
    }

    [Fact]
    public void An_allocation_that_the_first_run_alone_makes_is_none()
    {
        int runs = 0;
        Assert.Null(Runner(input =>
        {
            Meter meter = new();
            if (runs++ == 0) Kept.Add(new byte[100_000]);
            meter.Check(input.Length, 16, 4096);
        }).Replay());
    }

    [Fact]
    public void The_notation_of_the_corpus_keeps_every_byte()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        Assert.Equal(all, Escaped.Read(Escaped.Write(all)));
        Assert.Equal(@"\x23 a\r\n\t\\\x20", Escaped.Write("# a\r\n\t\\ "u8));
    }

    [Fact]
    public void A_reader_that_changes_its_mind_with_more_bytes_is_found()
    {
        FuzzFailureException fault = Assert.Throws<FuzzFailureException>(() => Prefixes.Check([1, 2, 3], (source, out consumed) =>
        {
            consumed = source.Length == 1 ? 1 : 0;
            return source.Length == 1 ? Engine.Protocols.ParseStatus.Ok : Engine.Protocols.ParseStatus.NeedMore;
        }));
        Assert.Contains("the outcome of all bytes", fault.Message, StringComparison.Ordinal);
    }
}
