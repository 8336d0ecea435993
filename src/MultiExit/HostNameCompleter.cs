using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the connected hosts.</summary>
public sealed class HostNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        RemoteHosts.All().Select(host => (host.Target.Host, host.IsLost ? "the connection is lost" : string.Join(", ", host.Servers)));
}
