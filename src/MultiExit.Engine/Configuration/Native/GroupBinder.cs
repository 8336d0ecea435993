using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one group.</summary>
internal sealed class GroupBinder(NameTable names)
{
    // In the order of GroupStrategy.
    private static readonly string[] Strategies =
    [
        "round_robin", "port_based", "destination_based", "random", "weighted", "least_connections", "lowest_latency", "failover", "sticky", "quality",
    ];

    private readonly HashSet<string> _stateFiles = new(StringComparer.Ordinal);

    /// <summary>Reads a group.</summary>
    /// <returns>Null when something that the group needs is wrong.</returns>
    public GroupConfig? Read(MapReader reader)
    {
        string? name = NameBinder.Read(reader);
        if (name is not null) names.DeclareExit(name, reader.Take("name")!.Place);
        int strategy = Math.Max(0, Array.IndexOf(Strategies, reader.Choice("strategy", Strategies)));
        GroupConfig config = new()
        {
            Name = name ?? "",
            Strategy = (GroupStrategy)strategy,
            Publish = ReadPublish(reader),
            Members = ReadList(reader),
            Exits = ReadMembers(reader, name),
            Retries = reader.Integer(ExitConfig.RetriesRange) ?? 0,
            Hedge = ReadHedge(reader),
        };
        config = GroupStrategyBinder.Read(reader, config);
        if (config.StateFile is { } file && !_stateFiles.Add(file))
            reader.Context.Errors.Add(reader.Take("state")!.Place, "the same file as that of another group; expected another");
        config = HealthBinder.Read(reader, config);
        reader.Finish();
        return name is null ? null : config;
    }

    private static HedgeConfig? ReadHedge(MapReader reader)
    {
        if (reader.Take("hedge") is not { } node) return null;
        if (node is ScalarNode { Text: "off" or "false" }) return null;
        if (node is ScalarNode { Text: "auto" }) return new HedgeConfig();
        if (node is not ScalarNode { Text: var text } || !DurationText.TryParse(text, out _))
        {
            reader.Context.Values.Expect(node, $"off, auto or {DurationText.Expected}");
            return null;
        }
        return reader.Context.Values.Duration(node, HedgeConfig.Range) is { } after ? new HedgeConfig(after) : null;
    }

    private static PublishConfig? ReadPublish(MapReader reader)
    {
        if (reader.Take("publish") is not { } node) return null;
        if (node is ScalarNode { Text: "true" or "false", IsPlain: true } flag) return flag.Text == "true" ? new PublishConfig() : null;
        if (node is not MapNode map)
        {
            reader.Context.Values.Expect(node, "true, false or { max, expires }");
            return null;
        }
        MapReader publish = new(map, reader.Context, "publish of a group");
        PublishConfig defaults = new();
        PublishConfig config = new()
        {
            Max = publish.Integer(PublishConfig.MaxRange) ?? defaults.Max, Expires = publish.Duration(PublishConfig.ExpiresRange) ?? defaults.Expires,
        };
        publish.Finish();
        return config;
    }

    private MemberListConfig? ReadList(MapReader reader)
    {
        if (reader.Map("members", "members of a group") is not { } list) return null;
        MemberListConfig config = new();
        config = config with { Max = list.Integer(MemberListConfig.MaxRange) ?? config.Max };
        MemberListConfig? read = SourceBinder.Read(list, names, config, "the members come");
        list.Finish();
        return read;
    }

    private List<string> ReadMembers(MapReader reader, string? name)
    {
        const string Expected = "a list of exits or groups";
        List<string> members = [];
        bool othersCome = reader.Has("publish") || reader.Has("members");
        if ((othersCome ? reader.Take("exits") : reader.Require("exits", Expected)) is not { } node) return members;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ConfigNode item in reader.Context.Values.Values(node, Expected))
        {
            if (reader.Context.Values.Text(item, "the name of an exit or group") is not { } member) continue;
            if (seen.Add(member)) names.UseExit(name, member, item.Place);
            else reader.Context.Errors.Add(item.Place, $"{ErrorText.Quote(member)} stands in this group twice; expected it once");
            members.Add(member);
        }
        return members;
    }
}
