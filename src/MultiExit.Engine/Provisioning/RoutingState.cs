using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>The rules and routes of one family, MultiExit's and those of other programs, read from <c>ip -N -j</c>.</summary>
/// <param name="Rules">MultiExit's rules.</param>
/// <param name="Routes">MultiExit's routes.</param>
/// <param name="OtherRules">The rules of other programs.</param>
/// <param name="OtherTables">The tables that have routes of other programs.</param>
internal sealed record RoutingState(
    IReadOnlyList<PolicyRule> Rules, IReadOnlyList<PolicyRoute> Routes, IReadOnlyList<OtherRule> OtherRules, IReadOnlySet<int> OtherTables)
{
    // RTN_LOCAL of rtnetlink(7).
    private const string LocalType = "2";

    /// <summary>Asks the system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="isIpv6">The family.</param>
    /// <param name="ours">The number that marks what MultiExit has made for the purpose at hand; all others are those of other programs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyException">ip is missing or refuses.</exception>
    public static async Task<RoutingState> ReadAsync(ICommandRunner system, bool isIpv6, string ours, CancellationToken cancellationToken) => Parse(isIpv6,
        await system.DemandAsync("ip", ["-N", "-j", Ip.Family(isIpv6), "rule", "show"], null, cancellationToken).ConfigureAwait(false),
        await system.DemandAsync("ip", ["-N", "-j", Ip.Family(isIpv6), "route", "show", "table", "all"], null, cancellationToken).ConfigureAwait(false), ours);

    /// <summary>Reads both listings.</summary>
    /// <exception cref="System.Text.Json.JsonException">They are not the output of ip.</exception>
    public static RoutingState Parse(bool isIpv6, string rulesJson, string routesJson, string ours = Ip.Ours)
    {
        List<PolicyRule> rules = [];
        List<OtherRule> others = [];
        foreach (JsonNode? rule in Items(rulesJson))
        {
            int table = Number(rule, "table");
            int mark = Number(rule, "fwmark");
            if (Text(rule, "protocol") == ours) rules.Add(new(isIpv6, Number(rule, "priority"), mark, table) { Protocol = ours });
            else others.Add(new(mark, table));
        }
        List<PolicyRoute> routes = [];
        HashSet<int> tables = [];
        foreach (JsonNode? route in Items(routesJson))
        {
            int table = Number(route, "table");
            if (Text(route, "protocol") == ours)
            {
                routes.Add(new(isIpv6, table, Address(route, "gateway"), Text(route, "dev") ?? "", Address(route, "prefsrc"))
                {
                    Protocol = ours, IsLocal = Text(route, "type") == LocalType,
                });
            }
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
