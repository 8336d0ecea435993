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
    /// <param name="reader">The mapping.</param>
    /// <param name="mayBePlain">Whether http will do, as on the command lines of ech-tunnel; the server warns of it.</param>
    /// <returns>Null when there is no <c>doh</c>, or after an error.</returns>
    public static DohConfig? Read(MapReader reader, bool mayBePlain = false)
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
        if (!DohUrl.TryParse(text, out Uri? url, mayBePlain))
        {
            context.Values.Expect(node, Expected);
            return null;
        }
        if (ca is not null && DohUrl.IsPlain(url))
            context.Errors.Add(reader.Take("ca")!.Place, "`ca` beside an http URL, which has no certificate; expected https");
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
