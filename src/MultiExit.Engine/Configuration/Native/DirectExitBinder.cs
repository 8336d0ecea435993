using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a direct exit.</summary>
internal static class DirectExitBinder
{
    // A shorter prefix would hold multicast addresses; a longer one leaves no choice of an address.
    private const int ShortestPrefix = 16, LongestPrefix = 126;
    private const string ExpectedPrefix = "an IPv6 prefix such as 2001:db8:1::/64";

    /// <summary>Reads it.</summary>
    public static ExitConfig Read(MapReader reader, string? name, NameTable names)
    {
        bool inbound = AddressBinder.ReadOrWord(reader, "address", "inbound", out IPAddress? address);
        IPNetwork? prefix = ReadPrefix(reader);
        IPAddress? gateway = AddressBinder.Read(reader, "gateway");
        if (prefix is not null && reader.Take("address") is { } both)
            reader.Context.Errors.Add(both.Place, "an exit with a `prefix` takes its addresses from there; leave one of the two out");
        if (gateway is not null && (address ?? prefix?.BaseAddress) is { } source && source.AddressFamily != gateway.AddressFamily)
        {
            reader.Context.Errors.Add(reader.Take("gateway")!.Place, address is not null
                ? $"the gateway {gateway} is of another family than the address {address}"
                : $"the gateway {gateway} is of another family than the prefix {prefix}");
        }
        IReadOnlyList<PoolSource> addresses = PoolBinder.Read(reader);
        BindingUnit? bind = BindBinder.Read(reader, "connection", "client", "user", "header");
        if (bind is not null && prefix is null && reader.Take("prefix") is null && reader.Take("addresses") is null)
        {
            reader.Context.Errors.Add(reader.Take("bind")!.Place,
                "`bind` of a direct exit says what keeps its address of a `prefix` or of `addresses`; there is neither");
        }
        DirectExitConfig exit = new()
        {
            Name = name ?? "", Address = address, FromInboundAddress = inbound, Prefix = prefix, Addresses = addresses,
            Bind = bind ?? BindingUnit.Connection, PoolBind = addresses.Count > 0 ? bind : null,
            Gateway = gateway, Interface = InterfaceBinder.Read(reader), Mark = reader.Integer(DirectExitConfig.MarkRange),
            Lease = reader.Flag("lease") ?? false,
            UdpFilter = reader.Choice("udp_filter", "none", "address", "port") switch
            {
                "address" => UdpFilter.Address,
                "port" => UdpFilter.Port,
                _ => UdpFilter.None,
            },
            SendProxy = SendProxyBinder.Read(reader),
            Timeout = reader.Duration(ExitConfig.TimeoutRange), Retries = reader.Integer(ExitConfig.RetriesRange) ?? 0,
        };
        if (exit.PoolProblem is { } problem && addresses.Count > 0) reader.Context.Errors.Add(reader.Take("addresses")!.Place, problem);
        return exit;
    }

    private static IPNetwork? ReadPrefix(MapReader reader)
    {
        if (reader.Take("prefix") is not { } node || reader.Context.Values.Text(node, ExpectedPrefix) is not { } text) return null;
        string? problem = NetworkText.Parse(text, out IPNetwork network)
            ?? (network.BaseAddress.AddressFamily != AddressFamily.InterNetworkV6 ? $"is no IPv6 prefix; expected {ExpectedPrefix}"
                : network.PrefixLength is < ShortestPrefix or > LongestPrefix ? $"has a length out of range; expected /{ShortestPrefix} to /{LongestPrefix}"
                : !IsUnicast(network.BaseAddress) ? $"holds no addresses that answers can come to; expected {ExpectedPrefix}"
                : null);
        if (problem is null) return network;
        reader.Context.Errors.Add(node.Place, $"{ErrorText.Quote(text)} {problem}");
        return null;
    }

    private static bool IsUnicast(IPAddress address) => !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && !address.IsIPv4MappedToIPv6
        && address.GetAddressBytes() is [not 0, ..];
}
