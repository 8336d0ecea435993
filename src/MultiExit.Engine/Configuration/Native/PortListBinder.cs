using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a list of ports and ranges of ports.</summary>
internal static class PortListBinder
{
    /// <summary>Reads the list beneath a key; empty where the key is absent.</summary>
    public static IReadOnlyList<PortRange> Read(MapReader reader, string key)
    {
        List<PortRange> ports = [];
        if (reader.Take(key) is not { } node) return ports;
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of ports that is not empty"))
        {
            if (reader.Context.Values.Text(item, PortText.ExpectedRange) is not { } text) continue;
            if (!PortText.TryParseRange(text, out PortRange range)) reader.Context.Values.Expect(item, PortText.ExpectedRange);
            else if (!ports.Contains(range)) ports.Add(range);
        }
        return ports;
    }
}
