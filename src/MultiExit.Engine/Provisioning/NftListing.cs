using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>MultiExit's table as <c>nft -j list table</c> prints it: hooks of chains, then rules as <c>chain: expression</c> in nft's JSON.</summary>
internal static class NftListing
{
    /// <summary>Reads the listing.</summary>
    /// <exception cref="JsonException">It is not the output of nft.</exception>
    public static FirewallState Parse(string json)
    {
        List<string> lines = [], notes = [];
        foreach (JsonNode? item in JsonNode.Parse(json)?["nftables"]?.AsArray() ?? throw new JsonException("no nftables in the listing"))
        {
            if (item?["chain"] is { } chain && chain["hook"] is { } hook)
                lines.Add(Hook((string)chain["name"]!, (string)chain["type"]!, (string)hook!, (int)chain["prio"]!));
            if (item?["rule"] is not { } rule) continue;
            if ((string?)rule["chain"] != NftRuleset.Notes)
            {
                lines.Add($"{(string)rule["chain"]!}: {rule["expr"]!.ToJsonString()}");
                continue;
            }
            string note = (string?)rule["comment"] ?? "";
            notes.Add(note);
            lines.Add(Note(note));
        }
        (string? owner, IReadOnlyDictionary<string, string> filters) = FirewallNotes.Read(notes);
        return new(lines, owner, filters);
    }

    /// <summary>The listing that a plan's table has.</summary>
    public static IReadOnlyList<string> Expected(SnatPlan plan, IReadOnlyDictionary<string, string> filters) =>
    [
        Hook("output", "route", "output", -150),
        Hook("guard", "filter", "postrouting", NftRuleset.GuardPriority),
        Hook("postrouting", "nat", "postrouting", NftRuleset.NatPriority),
        .. FirewallNotes.Write(plan.Owner, filters).Select(Note),
        .. plan.Exits.Select(exit => $"output: [{Match("meta", "mark", exit.Mark)},{Match("ct", "mark", 0)},{Copy("meta", "ct")}]"),
        .. plan.Exits.Select(exit => $"output: [{Match("meta", "mark", 0)},{Match("ct", "mark", exit.Mark)},{Copy("ct", "meta")}]"),
        $"guard: [{Device("==", "lo")},{{\"return\":null}}]",
        .. plan.Exits.Select(exit => $"guard: [{Match("meta", "mark", exit.Mark)},{Device("!=", exit.Interface)},{{\"drop\":null}}]"),
        .. plan.Exits.Where(exit => exit.Address is not null).Select(exit =>
            $"guard: [{Match("meta", "mark", exit.Mark)},{OtherSource(exit)},{{\"drop\":null}}]"),
        .. plan.Exits.Where(exit => exit.Address is not null).Select(exit =>
            $"postrouting: [{Match("meta", "mark", exit.Mark)},{Device("==", exit.Interface)}," +
            $"{Equals("meta", "nfproto", exit.IsIpv6 ? "\"ipv6\"" : "\"ipv4\"")}," +
            $"{{\"snat\":{{\"family\":\"{(exit.IsIpv6 ? "ip6" : "ip")}\",\"addr\":\"{exit.Address}\"}}}}]"),
    ];

    private static string Hook(string chain, string type, string hook, int priority) =>
        string.Create(CultureInfo.InvariantCulture, $"{chain}: type {type} hook {hook} priority {priority}");

    private static string Note(string note) => $"{NftRuleset.Notes}: {note}";

    private static string Match(string kind, string key, int right) => Equals(kind, key, Ip.Text(right));

    private static string Equals(string kind, string key, string right) =>
        $"{{\"match\":{{\"op\":\"==\",\"left\":{{\"{kind}\":{{\"key\":\"{key}\"}}}},\"right\":{right}}}}}";

    private static string OtherSource(SnatExit exit) =>
        $"{{\"match\":{{\"op\":\"!=\",\"left\":{{\"payload\":{{\"protocol\":\"{(exit.IsIpv6 ? "ip6" : "ip")}\",\"field\":\"saddr\"}}}},"
        + $"\"right\":\"{exit.Address}\"}}}}";

    private static string Device(string relation, string device) =>
        $"{{\"match\":{{\"op\":\"{relation}\",\"left\":{{\"meta\":{{\"key\":\"oifname\"}}}},\"right\":\"{device}\"}}}}";

    private static string Copy(string from, string to) =>
        $"{{\"mangle\":{{\"key\":{{\"{to}\":{{\"key\":\"mark\"}}}},\"value\":{{\"{from}\":{{\"key\":\"mark\"}}}}}}}}";
}
