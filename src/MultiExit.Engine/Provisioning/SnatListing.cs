using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>The listing of MultiExit's table for source NAT, in the form of <see cref="NftListing"/>.</summary>
internal static class SnatListing
{
    /// <summary>The listing that a plan's table has.</summary>
    public static IReadOnlyList<string> Expected(SnatPlan plan, IReadOnlyDictionary<string, string> filters) =>
    [
        NftListing.Hook("output", "route", "output", -150),
        NftListing.Hook("guard", "filter", "postrouting", NftRuleset.GuardPriority),
        NftListing.Hook("postrouting", "nat", "postrouting", NftRuleset.NatPriority),
        .. FirewallNotes.Write(plan.Owner, filters).Select(NftListing.Note),
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
