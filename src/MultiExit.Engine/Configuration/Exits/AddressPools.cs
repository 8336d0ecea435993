using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Groups;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>What direct exits with a pool of addresses stand for: a direct exit for each address, and a group of them in the place of the exit.</summary>
/// <remarks>So health, headroom, counters, source NAT and what operators do hold for each address by itself.</remarks>
internal static class AddressPools
{
    /// <summary>The most addresses of a pool.</summary>
    public const int MaxAddresses = 4096;

    /// <summary>The configuration with groups in place of pools; itself where there is none.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="addressesOf">The addresses of an interface.</param>
    public static GatewayConfig Expand(GatewayConfig config, Func<string, IReadOnlyList<IPAddress>> addressesOf)
    {
        if (!config.Exits.Any(exit => exit is DirectExitConfig { Addresses.Count: > 0 })) return config;
        List<ExitConfig> exits = [];
        List<GroupConfig> groups = [];
        foreach (ExitConfig exit in config.Exits)
        {
            if (exit is not DirectExitConfig { Addresses.Count: > 0 } pool)
            {
                exits.Add(exit);
                continue;
            }
            DirectExitConfig[] members = [.. AddressesOf(pool, addressesOf).Select(address => pool with
            {
                Name = NameOf(pool.Name, address), Address = address, Addresses = [], Bind = BindingUnit.Connection, Retries = 0, PoolOf = pool.Name,
            })];
            exits.AddRange(members);
            groups.Add(GroupOf(pool, members));
        }
        return config with { Exits = exits, Groups = [.. groups, .. config.Groups] };
    }

    /// <summary>The name of an address of a pool. No exit of a document can have it.</summary>
    public static string NameOf(string pool, IPAddress address) => $"{pool}@{address}";

    /// <summary>The pool that an exit belongs to, by its name; the name itself where it is none of a pool.</summary>
    public static string PoolOf(string exit) => exit.IndexOf('@', StringComparison.Ordinal) is >= 0 and var end ? exit[..end] : exit;

    /// <summary>The addresses of a pool now, in the order of its sources, each once, at most <see cref="MaxAddresses"/>.</summary>
    public static IReadOnlyList<IPAddress> AddressesOf(DirectExitConfig pool, Func<string, IReadOnlyList<IPAddress>> addressesOf) =>
        [.. pool.Addresses.SelectMany(source => source.Network is { } network ? AddressesOf(network) : Usable(addressesOf(source.Interface!)))
            .Distinct().Take(MaxAddresses)];

    /// <summary>How many addresses a network gives a pool; more than <see cref="MaxAddresses"/> are not counted.</summary>
    public static int CountOf(IPNetwork network)
    {
        int hostBits = BitsOf(network) - network.PrefixLength;
        int ends = !HasEnds(network) ? 0 : network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 2 : 1;
        return hostBits > 13 ? MaxAddresses + 1 : (1 << hostBits) - ends;
    }

    // In an order of their own: that of the system changes when one is added.
    private static IEnumerable<IPAddress> Usable(IReadOnlyList<IPAddress> addresses) => addresses
        .Where(address => !address.IsIPv6LinkLocal && !address.IsIPv6Multicast).OrderBy(address => address.ToString(), StringComparer.Ordinal);

    // IPv4: without network and broadcast address (RFC 919); IPv6: without the anycast address of the routers (RFC 4291 section 2.6.1).
    private static IEnumerable<IPAddress> AddressesOf(IPNetwork network)
    {
        int first = HasEnds(network) ? 1 : 0;
        for (int i = 0; i < CountOf(network); i++) yield return Add(network.BaseAddress, first + i);
    }

    private static bool HasEnds(IPNetwork network) => BitsOf(network) - network.PrefixLength > 1;

    private static int BitsOf(IPNetwork network) => network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    // A network of at most some thousand addresses: the last 32 bits do not overflow.
    private static IPAddress Add(IPAddress address, int count)
    {
        byte[] bytes = address.GetAddressBytes();
        Span<byte> end = bytes.AsSpan(bytes.Length - 4);
        BinaryPrimitives.WriteUInt32BigEndian(end, BinaryPrimitives.ReadUInt32BigEndian(end) + (uint)count);
        return new IPAddress(bytes);
    }

    private static GroupConfig GroupOf(DirectExitConfig pool, DirectExitConfig[] members) => new()
    {
        Name = pool.Name,
        Exits = [.. members.Select(member => member.Name)],
        Strategy = pool.PoolBind is null ? GroupStrategy.LeastConnections : GroupStrategy.Sticky,
        Bind = pool.PoolBind,
        Retries = pool.Retries,
        Pool = pool,
    };
}
