using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Groups;

namespace MultiExit.Engine.Provisioning;

/// <summary>A part of a rule of nftables, as a script has it and as <c>nft -j</c> lists it.</summary>
/// <param name="Text">The part of a script.</param>
/// <param name="Json">The expressions of the listing, separated by commas.</param>
internal sealed record NftPart(string Text, string Json)
{
    /// <summary>Leaves the chain.</summary>
    public static readonly NftPart Return = new("return", "{\"return\":null}");

    /// <summary>Ends the way through this hook.</summary>
    public static readonly NftPart Accept = new("accept", "{\"accept\":null}");

    /// <summary>Packets that answer those which a connection began with.</summary>
    public static readonly NftPart IsReply = new("ct direction reply", Match("{\"ct\":{\"key\":\"direction\"}}", "\"reply\""));

    /// <summary>Packets that come in by an interface.</summary>
    public static NftPart ComesBy(string device) => new($"iifname \"{device}\"", Match("{\"meta\":{\"key\":\"iifname\"}}", $"\"{device}\""));

    /// <summary>Packets to addresses of a type: local, broadcast, anycast, multicast.</summary>
    public static NftPart GoesToType(string type) =>
        new($"fib daddr type {type}", Match("{\"fib\":{\"result\":\"type\",\"flags\":[\"daddr\"]}}", $"\"{type}\""));

    /// <summary>Packets from a network.</summary>
    public static NftPart ComesFrom(IPNetwork network) => Address(network, "saddr");

    /// <summary>Packets to a network.</summary>
    public static NftPart GoesTo(IPNetwork network) => Address(network, "daddr");

    /// <summary>Packets of a family.</summary>
    public static NftPart IsFamily(bool ipv6) =>
        new($"meta nfproto {(ipv6 ? "ipv6" : "ipv4")}", Match("{\"meta\":{\"key\":\"nfproto\"}}", ipv6 ? "\"ipv6\"" : "\"ipv4\""));

    /// <summary>Packets of tcp or udp.</summary>
    public static NftPart Is(string protocol) => new($"meta l4proto {protocol}", Match("{\"meta\":{\"key\":\"l4proto\"}}", $"\"{protocol}\""));

    /// <summary>Packets of tcp or udp to some ports.</summary>
    public static NftPart GoesTo(string protocol, PortRange ports) => new(
        $"{protocol} dport {ports}",
        Match($"{{\"payload\":{{\"protocol\":\"{protocol}\",\"field\":\"dport\"}}}}", ports.First == ports.Last
            ? Number(ports.First) : $"{{\"range\":[{Number(ports.First)},{Number(ports.Last)}]}}"));

    /// <summary>Gives them a mark.</summary>
    public static NftPart SetMark(int mark) =>
        new($"meta mark set {Number(mark)}", $"{{\"mangle\":{{\"key\":{{\"meta\":{{\"key\":\"mark\"}}}},\"value\":{Number(mark)}}}}}");

    /// <summary>Leads a connection to a port of this host.</summary>
    public static NftPart Redirect(int port) => new($"redirect to :{Number(port)}", $"{{\"redirect\":{{\"port\":{Number(port)}}}}}");

    /// <summary>Gives packets to the socket that listens on a port; where none does, the rest of the rule does not count.</summary>
    /// <param name="ipv6">The family that the rule is for; null: both, and then without an address.</param>
    /// <param name="address">The address that it listens on; null: all.</param>
    /// <param name="port">The port.</param>
    public static NftPart Tproxy(bool? ipv6, IPAddress? address, int port)
    {
        string family = ipv6 switch { true => "ip6", false => "ip", null => "" };
        string shown = address is null ? "" : ipv6 == true ? $"[{address}]" : $"{address}";
        string[] keys = [.. family.Length > 0 ? (string[])[$"\"family\":\"{family}\""] : [], .. address is null ? (string[])[] : [$"\"addr\":\"{address}\""],
            $"\"port\":{Number(port)}"];
        return new($"tproxy {(family.Length > 0 ? family + " " : "")}to {shown}:{Number(port)}", $"{{\"tproxy\":{{{string.Join(',', keys)}}}}}");
    }

    private static NftPart Address(IPNetwork network, string field)
    {
        bool ipv6 = network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        bool isOne = network.PrefixLength == (ipv6 ? 128 : 32);
        string family = ipv6 ? "ip6" : "ip";
        return new($"{family} {field} {(isOne ? network.BaseAddress : network)}",
            Match($"{{\"payload\":{{\"protocol\":\"{family}\",\"field\":\"{field}\"}}}}", isOne
                ? $"\"{network.BaseAddress}\"" : $"{{\"prefix\":{{\"addr\":\"{network.BaseAddress}\",\"len\":{Number(network.PrefixLength)}}}}}"));
    }

    private static string Match(string left, string right) => $"{{\"match\":{{\"op\":\"==\",\"left\":{left},\"right\":{right}}}}}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
