using System.Collections;
using MultiExit.Engine.Records;

namespace MultiExit;

/// <summary>Completes how a session may have ended.</summary>
public sealed class OutcomeCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        RecordQuery.Outcomes.Select(outcome => (outcome, "how a session ended"));
}
