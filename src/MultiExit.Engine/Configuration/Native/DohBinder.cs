using System.Net;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys <c>doh</c>, <c>bootstrap</c> and <c>ca</c> of a mapping.</summary>
internal static class DohBinder
{
    private const string Expected = "an https URL such as \"https://1.1.1.1/dns-query\"";
    private const int MaxBootstrap = 16;

    /// <summary>Reads them.</summary>
    /// <returns>Null when there is no <c>doh</c>, or after an error.</returns>
    public static DohConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
        ConfigNode? node = reader.Take("doh");
        List<IPAddress> bootstrap = ReadBootstrap(reader);
        string? ca = reader.Take("ca") is { } file ? context.ReadableFile(file) : null;
        if (node is null)
        {
            foreach (string key in (ReadOnlySpan<string>)["bootstrap", "ca"])
                if (reader.Take(key) is { } alone) context.Errors.Add(alone.Place, $"`{key}` without `doh`; expected `doh` beside it");
            return null;
        }
        if (context.Values.Text(node, Expected) is not { } text) return null;
        if (!DohUrl.TryParse(text, out Uri? url))
        {
            context.Values.Expect(node, Expected);
            return null;
        }
        return new() { Url = url, Bootstrap = bootstrap, CaFile = ca };
    }

    private static List<IPAddress> ReadBootstrap(MapReader reader)
    {
        List<IPAddress> addresses = [];
        if (reader.Take("bootstrap") is not { } node) return addresses;
        const string List = "the addresses of the URL's host, a list that is not empty";
        ReadContext context = reader.Context;
        foreach (ConfigNode item in context.Values.Values(node, List))
        {
            if (item is ScalarNode { IsNull: false } scalar && AddressText.TryParse(scalar.Text, out IPAddress? address)) addresses.Add(address);
            else context.Values.Expect(item, "an IP address without a port");
        }
        if (addresses.Count > MaxBootstrap) context.Errors.Add(node.Place, $"more than {MaxBootstrap} addresses");
        return addresses;
    }
}
