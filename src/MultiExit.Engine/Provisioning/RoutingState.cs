using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace MultiExit.Engine.Provisioning;

/// <summary>The rules and routes of one family, MultiExit's and those of other programs, read from <c>ip -N -j</c>.</summary>
/// <param name="Rules">MultiExit's rules.</param>
/// <param name="Routes">MultiExit's routes.</param>
/// <param name="OtherRules">The rules of other programs.</param>
/// <param name="OtherTables">The tables that have routes of other programs.</param>
internal sealed record RoutingState(
    IReadOnlyList<PolicyRule> Rules, IReadOnlyList<PolicyRoute> Routes, IReadOnlyList<OtherRule> OtherRules, IReadOnlySet<int> OtherTables)
{
    /// <summary>Reads both listings.</summary>
    /// <exception cref="System.Text.Json.JsonException">They are not the output of ip.</exception>
    public static RoutingState Parse(bool isIpv6, string rulesJson, string routesJson)
    {
        List<PolicyRule> rules = [];
        List<OtherRule> others = [];
        foreach (JsonNode? rule in Items(rulesJson))
        {
            int table = Number(rule, "table");
            int mark = Number(rule, "fwmark");
            if (Text(rule, "protocol") == Ip.Ours) rules.Add(new(isIpv6, Number(rule, "priority"), mark, table));
            else others.Add(new(mark, table));
        }
        List<PolicyRoute> routes = [];
        HashSet<int> tables = [];
        foreach (JsonNode? route in Items(routesJson))
        {
            int table = Number(route, "table");
            if (Text(route, "protocol") == Ip.Ours)
                routes.Add(new(isIpv6, table, Address(route, "gateway"), Text(route, "dev") ?? "", Address(route, "prefsrc")));
            else tables.Add(table);
        }
        return new(rules, routes, others, tables);
    }

    private static JsonArray Items(string json) => json.Trim().Length == 0 ? [] : JsonNode.Parse(json)!.AsArray();

    private static string? Text(JsonNode? node, string key) => node?[key]?.ToString();

    private static IPAddress? Address(JsonNode? node, string key) => IPAddress.TryParse(Text(node, key), out IPAddress? address) ? address : null;

    // 0 where it is absent or has another form: a mark with a mask that is not all ones counts as another program's.
    private static int Number(JsonNode? node, string key)
    {
        string text = Text(node, key) ?? "";
        int mask = text.IndexOf('/', StringComparison.Ordinal);
        if (mask >= 0) text = text[..mask];
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? int.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int hex) ? hex : 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }
}
