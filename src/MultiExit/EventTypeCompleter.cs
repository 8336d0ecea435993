using System.Collections;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit;

/// <summary>Completes the types of events.</summary>
public sealed class EventTypeCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) => EventNames.All.Select(type => (type, type));
}
