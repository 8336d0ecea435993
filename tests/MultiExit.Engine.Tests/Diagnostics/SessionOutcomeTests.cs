using System.Reflection;
using System.Text.RegularExpressions;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Diagnostics;

/// <summary>The words for the end of a session: a closed list, the same in the documents.</summary>
public sealed partial class SessionOutcomeTests
{
    private static readonly string Root = typeof(SessionOutcomeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private readonly SessionTable _table = new(TimeProvider.System);

    [Fact]
    public void The_table_of_the_documents_has_each_word_once_and_in_order()
    {
        string docs = File.ReadAllText(Path.Combine(Root, "docs", "operations.md"));
        string section = docs[docs.IndexOf("### How a session ended", StringComparison.Ordinal)..docs.IndexOf("### Warnings", StringComparison.Ordinal)];
        Assert.Equal(Enum.GetValues<SessionOutcome>().Select(outcome => outcome.Word()), Row().Matches(section).Select(match => match.Groups["word"].Value));
    }

    [Fact]
    public void Each_failure_of_a_dial_is_an_outcome_with_its_own_word()
    {
        foreach (DialFailure failure in Enum.GetValues<DialFailure>().Where(failure => failure != DialFailure.None))
            Assert.Equal(failure.ToString(), DialOutcome.Of(failure).Word());
    }

    [Fact]
    public void An_end_from_outside_goes_before_what_broke_because_of_it_and_not_before_what_broke_earlier()
    {
        Session stopped = _table.Open(Pools.From("192.0.2.1").Request!);
        stopped.Abort(SessionOutcome.Stopped);
        stopped.Abort(SessionOutcome.Drain);
        stopped.EndWith(SessionOutcome.ClientReset);
        Assert.Equal((SessionOutcome.Stopped, SessionOutcome.Stopped), (stopped.AbortReason, stopped.Outcome));
        Session broken = _table.Open(Pools.From("192.0.2.1").Request!);
        broken.EndWith(SessionOutcome.TargetReset);
        broken.Abort(SessionOutcome.Drain);
        broken.EndWith(SessionOutcome.Ok);
        Assert.Equal(SessionOutcome.TargetReset, broken.Outcome);
    }

    [GeneratedRegex(@"^\| `(?<word>[\w-]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Row();
}
