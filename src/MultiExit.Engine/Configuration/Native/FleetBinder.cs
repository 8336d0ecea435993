using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>fleet</c>.</summary>
internal static class FleetBinder
{
    private const int MaxPassword = 1024;

    public static FleetConfig? Read(MapReader root)
    {
        if (root.Map("fleet", "fleet") is not { } reader) return null;
        StoreAddress? store = ReadStore(reader);
        string? name = NameBinder.Read(reader), node = ReadNode(reader);
        Secret? password = reader.Take("password") is { } secret ? reader.Context.Secrets.Read(secret, MaxPassword) : null;
        string? ca = reader.Take("ca") is { } file ? reader.Context.ReadableFile(file) : null;
        if (store is { IsLocal: true } && reader.Has("ca"))
            reader.Context.Errors.Add(reader.Take("ca")!.Place, "a Unix socket has no TLS; expected none beside it");
        List<string> labels = ReadLabels(reader);
        FleetOutage outage = reader.Choice("on_outage", "allow", "refuse") == "refuse" ? FleetOutage.Refuse : FleetOutage.Allow;
        bool records = reader.Flag("records") ?? false;
        FleetReplay replay = reader.Choice("replay", "local", "shared") == "shared" ? FleetReplay.Shared : FleetReplay.Local;
        reader.Finish();
        return store is null || name is null || node is null ? null
            : new FleetConfig(store, name, node)
            {
                Password = password, CaFile = ca, Labels = labels, OnOutage = outage, Records = records, Replay = replay,
            };
    }

    private static StoreAddress? ReadStore(MapReader reader)
    {
        if (reader.Require("store", StoreAddress.Expected) is not { } node || reader.Context.Values.Text(node, StoreAddress.Expected) is not { } text)
            return null;
        if (StoreAddress.TryParse(text, out StoreAddress? address)) return address;
        // Not shown: a password may be in it.
        reader.Context.Errors.Add(node.Place, $"expected {StoreAddress.Expected}");
        return null;
    }

    private static string? ReadNode(MapReader reader)
    {
        const string Expected = $"the name of this node: {NameText.Expected}";
        return reader.Require("node", Expected) is { } node ? ReadName(reader, node, Expected) : null;
    }

    private static List<string> ReadLabels(MapReader reader)
    {
        List<string> labels = [];
        if (reader.Take("labels") is not { } node) return labels;
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of labels"))
            if (ReadName(reader, item, $"a label: {NameText.Expected}") is { } label) labels.Add(label);
        if (labels.Count > FleetConfig.MaxLabels)
            reader.Context.Errors.Add(node.Place, $"found {labels.Count} labels; expected {FleetConfig.MaxLabels} at most");
        return labels;
    }

    private static string? ReadName(MapReader reader, ConfigNode node, string expected)
    {
        if (reader.Context.Values.Text(node, expected) is not { } text) return null;
        if (NameText.IsValid(text)) return text;
        reader.Context.Values.Expect(node, expected);
        return null;
    }
}
