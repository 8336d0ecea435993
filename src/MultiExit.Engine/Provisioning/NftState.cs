using System.Text.Json;
using System.Text.Json.Nodes;

namespace MultiExit.Engine.Provisioning;

/// <summary>What the kernel has in our table, read from <c>nft -j list table</c>.</summary>
/// <param name="Rules">The rules, <c>chain: expression</c> in nft's JSON, in order; hooks of chains stand among them.</param>
/// <param name="Owner">Whose table it is; null when it does not say.</param>
/// <param name="Filters">The rp_filter values that removal restores.</param>
internal sealed record NftState(IReadOnlyList<string> Rules, string? Owner, IReadOnlyDictionary<string, string> Filters)
{
    /// <summary>Reads the listing.</summary>
    /// <exception cref="JsonException">It is not what nft prints.</exception>
    public static NftState Parse(string json)
    {
        List<string> rules = [];
        Dictionary<string, string> filters = new(StringComparer.Ordinal);
        string? owner = null;
        foreach (JsonNode? item in JsonNode.Parse(json)?["nftables"]?.AsArray() ?? throw new JsonException("no nftables in the listing"))
        {
            if (item?["chain"] is { } chain && chain["hook"] is { } hook)
                rules.Add(HookText((string)chain["name"]!, (string)chain["type"]!, (string)hook!, (int)chain["prio"]!));
            if (item?["rule"] is not { } rule) continue;
            string? note = (string?)rule["comment"];
            if ((string?)rule["chain"] != "notes") rules.Add($"{(string)rule["chain"]!}: {rule["expr"]!.ToJsonString()}");
            else if (note?.StartsWith(NftRuleset.OwnerNote, StringComparison.Ordinal) == true) owner = note[NftRuleset.OwnerNote.Length..];
            else if (note?.Split(' ') is [_, var device, var value]) filters[device] = value;
        }
        return new(rules, owner, filters);
    }

    /// <summary>What the listing of a plan's table is.</summary>
    public static IReadOnlyList<string> Expected(SnatPlan plan) =>
    [
        HookText("output", "route", "output", -150),
        HookText("postrouting", "nat", "postrouting", 100),
        .. plan.Exits.Select(exit => $"output: [{Match("meta", "mark", exit.Mark)},{Match("ct", "mark", 0)},{Copy("meta", "ct")}]"),
        .. plan.Exits.Select(exit => $"output: [{Match("meta", "mark", 0)},{Match("ct", "mark", exit.Mark)},{Copy("ct", "meta")}]"),
        .. plan.Exits.Where(exit => exit.Address is not null).Select(exit =>
            $"postrouting: [{Match("meta", "mark", exit.Mark)},{Match("meta", "oifname", exit.Interface)}," +
            $"{Match("meta", "nfproto", exit.IsIpv6 ? "ipv6" : "ipv4")}," +
            $"{{\"snat\":{{\"family\":\"{(exit.IsIpv6 ? "ip6" : "ip")}\",\"addr\":\"{exit.Address}\"}}}}]"),
    ];

    private static string HookText(string chain, string type, string hook, int priority) => $"{chain}: type {type} hook {hook} priority {priority}";

    private static string Match(string kind, string key, string right) =>
        $"{{\"match\":{{\"op\":\"==\",\"left\":{{\"{kind}\":{{\"key\":\"{key}\"}}}},\"right\":\"{right}\"}}}}";

    private static string Match(string kind, string key, int right) =>
        $"{{\"match\":{{\"op\":\"==\",\"left\":{{\"{kind}\":{{\"key\":\"{key}\"}}}},\"right\":{Ip.Text(right)}}}}}";

    private static string Copy(string from, string to) =>
        $"{{\"mangle\":{{\"key\":{{\"{to}\":{{\"key\":\"mark\"}}}},\"value\":{{\"{from}\":{{\"key\":\"mark\"}}}}}}}}";
}
