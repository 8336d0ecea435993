using System.Net;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a list of networks.</summary>
internal static class NetworkListBinder
{
    /// <summary>Reads the list beneath a key; empty where the key is absent.</summary>
    public static IReadOnlyList<IPNetwork> Read(MapReader reader, string key) =>
        reader.Take(key) is { } node ? Read(reader.Context, node) : [];

    /// <summary>Reads a list.</summary>
    public static IReadOnlyList<IPNetwork> Read(ReadContext context, ConfigNode node)
    {
        List<IPNetwork> networks = [];
        foreach (ConfigNode item in context.Values.Values(node, "a list of networks that is not empty"))
        {
            if (context.Values.Text(item, NetworkText.Expected) is not { } text) continue;
            if (NetworkText.Parse(text, out IPNetwork network) is { } problem) context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} {problem}");
            else networks.Add(network);
        }
        return networks;
    }
}
