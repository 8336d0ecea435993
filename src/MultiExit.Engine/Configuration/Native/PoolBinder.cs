using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads <c>addresses</c> of a direct exit.</summary>
internal static class PoolBinder
{
    private const string Expected = "a list of networks such as 198.51.100.0/28, addresses, and names of interfaces";

    public static IReadOnlyList<PoolSource> Read(MapReader reader)
    {
        if (reader.Take("addresses") is not { } node) return [];
        List<PoolSource> sources = [];
        foreach (ConfigNode item in reader.Context.Values.Values(node, Expected))
        {
            if (reader.Context.Values.Text(item, Expected) is not { } text || ReadSource(reader.Context, item, text) is not { } source) continue;
            if (sources.Contains(source)) reader.Context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} stands in the list twice; expected it once");
            else sources.Add(source);
        }
        return sources;
    }

    private static PoolSource? ReadSource(ReadContext context, ConfigNode item, string text)
    {
        bool isNetwork = text.Contains('/', StringComparison.Ordinal) || AddressText.TryParse(text, out _);
        if (!isNetwork)
        {
            if (InterfaceBinder.IsName(text)) return new(null, text);
            context.Values.Expect(item, Expected);
            return null;
        }
        string? problem = NetworkText.Parse(text, out IPNetwork network) 
            ?? (IsUsable(network.BaseAddress) ? null : "holds no addresses that packets can leave from");
        if (problem is null) return new(network);
        context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} {problem}");
        return null;
    }

    private static bool IsUsable(IPAddress address) => !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && !address.IsIPv4MappedToIPv6
        && (address.AddressFamily == AddressFamily.InterNetwork ? address.GetAddressBytes() is [> 0 and < 224, ..] : !address.Equals(IPAddress.IPv6Any));
}
