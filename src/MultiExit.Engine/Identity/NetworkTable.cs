using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Identity;

/// <summary>Whose network an address is in: of several the one with the longest prefix. Immutable; a look-up is one probe for each prefix
/// length that occurs.</summary>
/// <remarks>IPv4-mapped addresses count as the IPv4 ones they stand for.</remarks>
/// <typeparam name="T">Whose.</typeparam>
internal sealed class NetworkTable<T>
    where T : class
{
    private readonly FrozenDictionary<IPNetwork, T> _owners;
    private readonly int[] _ipv4;
    private readonly int[] _ipv6;

    /// <summary>A table; the first owner of a network has it.</summary>
    public NetworkTable(IEnumerable<(IPNetwork Network, T Owner)> networks)
    {
        Dictionary<IPNetwork, T> owners = [];
        foreach ((IPNetwork network, T owner) in networks) owners.TryAdd(network, owner);
        _owners = owners.ToFrozenDictionary();
        _ipv4 = LengthsOf(owners.Keys, AddressFamily.InterNetwork);
        _ipv6 = LengthsOf(owners.Keys, AddressFamily.InterNetworkV6);
    }

    /// <summary>Finds the owner; null for none.</summary>
    public T? Find(IPAddress address)
    {
        if (_owners.Count == 0) return null;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        foreach (int prefix in length == 4 ? _ipv4 : _ipv6)
        {
            // From the longest prefix to the shortest, so more bits are cleared at each step.
            Mask(bytes[..length], prefix);
            if (_owners.TryGetValue(new IPNetwork(new IPAddress(bytes[..length]), prefix), out T? owner)) return owner;
        }
        return null;
    }

    private static int[] LengthsOf(IEnumerable<IPNetwork> networks, AddressFamily family) =>
        [.. networks.Where(network => network.BaseAddress.AddressFamily == family).Select(network => network.PrefixLength).Distinct().OrderDescending()];

    private static void Mask(Span<byte> bytes, int prefix)
    {
        for (int i = prefix / 8; i < bytes.Length; i++) bytes[i] &= (byte)(0xff << (8 - Math.Clamp(prefix - i * 8, 0, 8)));
    }
}
