using System.Collections;
using MultiExit.Engine.Services;

namespace MultiExit;

/// <summary>Completes the names of the services of systemd.</summary>
public sealed class ServiceNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        (Ask(new ServiceManager().ListAsync) ?? []).Select(service => (service.Name, $"{service.Unit}, {service.ActiveState}"));
}
