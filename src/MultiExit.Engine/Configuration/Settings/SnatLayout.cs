using System.Net;
using MultiExit.Engine.Configuration.Exits;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Which exits of a configuration get which mark and table: the direct exits with an address or a gateway, in their order.</summary>
internal static class SnatLayout
{
    // Linux's own: default, main and local (ip-route(8)).
    private const int FirstReservedTable = 253, LastReservedTable = 255;

    /// <summary>The exits of a configuration, whether SNAT is enabled or not.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="faults">The contradictions, one sentence each; the exits count only when there is none.</param>
    public static IReadOnlyList<SnatExit> Create(GatewayConfig config, out IReadOnlyList<string> faults)
    {
        SnatConfig snat = config.Snat;
        List<string> found = [.. config.Exits.OfType<DirectExitConfig>().Where(exit => exit.Addresses.Any(source => source.Interface is not null))
            .Select(exit => $"the exit {exit.Name} takes the addresses of an interface, which may change, and source NAT is set up for those that are named; "
                + "expected networks and addresses in `addresses`")];
        config = AddressPools.Expand(config, static _ => []);
        List<SnatExit> exits = [];
        foreach (DirectExitConfig exit in config.Exits.OfType<DirectExitConfig>().Where(exit => (exit.Address ?? exit.Gateway) is not null))
        {
            int table = snat.TableBase + exits.Count;
            if (table is >= FirstReservedTable and <= LastReservedTable)
                found.Add($"the exit {exit.Name} would get the routing table {table}, which is the system's own; choose another table_base");
            if ((exit.Interface ?? snat.Interface) is not { } device)
            {
                found.Add($"the exit {exit.Name} has no interface; expected one there or in snat");
                continue;
            }
            int mark = exit.Mark ?? snat.MarkBase + exits.Count;
            if (exits.Find(other => other.Mark == mark) is { } taken)
                found.Add($"the exits {taken.Name} and {exit.Name} have the same mark {mark}; expected one each");
            if (GatewayOf(exit, snat) is { } gateway && exit.Address is { } address && gateway.AddressFamily != address.AddressFamily)
                found.Add($"the exit {exit.Name} has the address {address}, snat.gateway is {gateway}; expected a gateway of the address's family at the exit");
            exits.Add(new SnatExit(exit.Name, exit.Address, GatewayOf(exit, snat), device, mark, table));
        }
        if (exits.Count == 0 && found.Count == 0) found.Add("no direct exit has an address or a gateway; expected at least one");
        faults = found;
        return exits;
    }

    private static IPAddress? GatewayOf(DirectExitConfig exit, SnatConfig snat) => exit.Gateway ?? snat.Gateway;
}
