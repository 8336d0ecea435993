using System.Net;
using MultiExit.Engine.States;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Server;

/// <summary>How many more connections an exit can have with the destination that it has most with.</summary>
/// <param name="Destination">The destination; null when it has had no connection.</param>
/// <param name="Count">The ephemeral ports left towards it.</param>
internal sealed record FreePorts(IPEndPoint? Destination, int Count)
{
    /// <summary>Counts the ports of exits. Every connection of this server between the same two ends counts, whatever its exit; where the
    /// system's table of sockets is short enough to be read, so do the connections of other programs and those in TIME_WAIT.</summary>
    /// <param name="exits">The states of all exits.</param>
    /// <param name="direct">The names of the direct exits.</param>
    /// <returns>The counts of direct exits, by name; none on other systems than Linux.</returns>
    public static IReadOnlyDictionary<string, FreePorts> Of(IReadOnlyCollection<ExitState> exits, IEnumerable<string> direct)
    {
        Dictionary<string, FreePorts> free = new(StringComparer.Ordinal);
        if (EphemeralPorts.Read() is not { } ports) return free;
        foreach (string name in direct) free[name] = new FreePorts(null, ports.Count);
        Dictionary<string, PortPair> busiest = new(StringComparer.Ordinal);
        foreach (ExitState exit in exits)
            if (exit.Ports.TryGetBusiest(out PortPair? pair)) busiest[exit.Name] = pair.Value;
        if (busiest.Count == 0) return free;
        Dictionary<PortPair, int>? table = TcpTable.Count(busiest.Values, ports);
        Dictionary<PortPair, int> ours = busiest.Values.Distinct().ToDictionary(pair => pair, _ => 0);
        foreach (ExitState exit in exits) exit.Ports.AddTo(ours);
        foreach ((string name, PortPair pair) in busiest)
        {
            int used = Math.Max(ours[pair], table?.GetValueOrDefault(pair) ?? 0);
            free[name] = new FreePorts(pair.Remote, Math.Max(0, ports.Count - used));
        }
        return free;
    }
}
