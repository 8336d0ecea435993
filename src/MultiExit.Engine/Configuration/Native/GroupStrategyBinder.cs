using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys of a group that belong to one strategy.</summary>
internal static class GroupStrategyBinder
{
    public static GroupConfig Read(MapReader reader, GroupConfig config)
    {
        GroupStrategy strategy = config.Strategy;
        Only(reader, "port_ranges", strategy == GroupStrategy.PortBased, "port_based");
        Only(reader, "bind", strategy is GroupStrategy.DestinationBased or GroupStrategy.Sticky, "destination_based and sticky");
        Only(reader, "state", strategy == GroupStrategy.Sticky, "sticky");
        Only(reader, "lifetime", strategy == GroupStrategy.Sticky, "sticky");
        return config with
        {
            PortRanges = ReadRanges(reader, config),
            Bind = strategy == GroupStrategy.Sticky
                ? BindBinder.Read(reader, "client", "user", "header")
                : BindBinder.Read(reader, "connection", "client", "user", "header"),
            Lifetime = reader.Duration(GroupConfig.LifetimeRange) ?? config.Lifetime,
            StateFile = reader.Take("state") is { } state ? reader.Context.FullPath(state) : null,
        };
    }

    private static void Only(MapReader reader, string key, bool belongs, string strategies)
    {
        if (!belongs && reader.Take(key) is { } node) reader.Context.Errors.Add(node.Place, $"`{key}` is for the strategy {strategies}");
    }

    private static List<PortRangeConfig> ReadRanges(MapReader reader, GroupConfig config)
    {
        List<PortRangeConfig> ranges = [];
        if (config.Strategy == GroupStrategy.PortBased) reader.Require("port_ranges", "a list of { ports, exit }");
        foreach (MapReader entry in reader.Maps("port_ranges", "a port range"))
        {
            ConfigNode? ports = entry.Require("ports", PortText.ExpectedRange);
            ConfigNode? exit = entry.Require("exit", "a member of the group");
            entry.Finish();
            if (ports is null || exit is null) continue;
            string? text = reader.Context.Values.Text(ports, PortText.ExpectedRange);
            string? member = reader.Context.Values.Text(exit, "a member of the group");
            if (text is null || member is null) continue;
            if (!PortText.TryParseRange(text, out PortRange range)) reader.Context.Values.Expect(ports, PortText.ExpectedRange);
            else if (!config.Exits.Contains(member, StringComparer.Ordinal))
                reader.Context.Errors.Add(exit.Place, $"{ErrorText.Quote(member)} is not a member of this group");
            else ranges.Add(new(range, member));
        }
        return ranges;
    }
}
