using System.Globalization;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>A file of gost 2: lists of the URLs that its command line has. Each route has its listeners and its chain.</summary>
internal static class GostFile
{
    /// <summary>Whether a document is such a file.</summary>
    public static bool IsOne(MapNode root) => root.HasAny("ServeNodes", "Routes");

    public static MapNode ToNative(MapNode root, ReadContext context)
    {
        MapReader reader = new(root, context, "a configuration of this dialect");
        UrlConverter urls = new(context);
        UrlHops hops = new(urls.Exits, context);
        List<ConfigNode> inbounds = [], routes = [];
        string? fallback = ReadRoute(reader, urls, hops, inbounds, "forward", out _);
        // Chains of the routes, each for its own listeners.
        int number = 0;
        foreach (MapReader route in reader.Maps("Routes", "a route"))
        {
            string? name = ReadRoute(route, urls, hops, inbounds, string.Create(CultureInfo.InvariantCulture, $"route-{++number}"), out List<ConfigNode> names);
            if (names.Count > 0 && (name is not null || fallback is not null))
                routes.Add(new NodeBuilder(route.Place).AddList("inbounds", names).Add("exit", name ?? "direct").Build());
            Finish(route, context);
        }
        Finish(reader, context);
        if (inbounds.Count == 0) reader.Require("ServeNodes", "a list of URLs to listen on");
        NodeBuilder native = new NodeBuilder(root.Place).AddList("inbounds", inbounds);
        hops.AddTo(native);
        native.AddList("routes", routes);
        return fallback is null ? native.Build() : native.Add("default", fallback).Build();
    }

    private static string? ReadRoute(
        MapReader reader, UrlConverter urls, UrlHops hops, List<ConfigNode> inbounds, string name, out List<ConfigNode> names)
    {
        ReadContext context = reader.Context;
        int before = inbounds.Count;
        if (reader.Take("ServeNodes") is { } serve)
        {
            foreach (ConfigNode item in context.Values.Values(serve, "a list of URLs to listen on"))
                if (context.Values.Text(item, "a URL") is { } url) inbounds.AddRange(urls.ToInbounds(url, item.Place));
        }
        names = [.. inbounds.Skip(before).Cast<MapNode>().Select(inbound => inbound.Find("name")!.Value)];
        if (reader.Take("ChainNodes") is not { } chain || chain is ListNode { Items.Count: 0 }) return null;
        ConfigNode[] nodes = [.. context.Values.Values(chain, "a list of URLs")];
        string? last = null;
        for (int i = 0; i < nodes.Length; i++)
        {
            string own = i == nodes.Length - 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-hop-{i + 1}");
            if (context.Values.Text(nodes[i], "a URL") is { } url && hops.Add(url, own, last, nodes[i].Place)) last = own;
        }
        return last;
    }

    private static void Finish(MapReader reader, ReadContext context)
    {
        foreach (string key in (ReadOnlySpan<string>)["Debug", "Retries"])
            if (reader.Take(key) is { } node) context.Remarks.Add((node.Place, "has no counterpart here"));
        reader.Finish();
    }
}
