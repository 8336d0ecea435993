using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Protocols;

/// <summary>Where a client wants to go: an IP address or a domain name, and a port. The address of every request format.</summary>
/// <remarks>A domain is kept in the form of <see cref="HostName"/>, at most 255 octets: two destinations are equal when they mean the same
/// name, whatever a client wrote.</remarks>
public sealed record Destination
{
    /// <summary>The longest domain that a request format can carry, in octets (RFC 1928 section 5).</summary>
    public const int MaxDomainLength = 255;

    // Of an IPv6 address with a zone (RFC 4007 section 11).
    private static readonly SearchValues<char> AddressChars = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:.%-_");

    private Destination(string host, IPAddress? address, ushort port)
    {
        Host = host;
        Address = address;
        Port = port;
    }

    /// <summary>The domain, or the address as text without brackets.</summary>
    public string Host { get; }

    /// <summary>The address; null for a domain.</summary>
    public IPAddress? Address { get; }

    /// <summary>The port, 0 to 65535; only UDP ASSOCIATE uses 0.</summary>
    public ushort Port { get; }

    /// <summary>True when the destination is a name that has to be resolved.</summary>
    [MemberNotNullWhen(false, nameof(Address))]
    public bool IsDomain => Address is null;

    /// <summary>A destination for an address. An IPv4-mapped IPv6 address becomes the IPv4 address it stands for,
    /// so that rules and policies see one form only.</summary>
    public static Destination FromAddress(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return new(address.ToString(), address, checked((ushort)port));
    }

    /// <summary>A destination for an end point.</summary>
    public static Destination FromEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return FromAddress(endPoint.Address, endPoint.Port);
    }

    /// <summary>A destination for a host as text; an IP literal (with or without brackets) becomes an address.</summary>
    /// <returns>False when the host is empty, longer than 255 octets, has an empty label, or holds a NUL, a blank or another control
    /// character.</returns>
    public static bool TryFromHost(string host, int port, [NotNullWhen(true)] out Destination? destination)
    {
        destination = null;
        if (string.IsNullOrEmpty(host) || port is < 0 or > ushort.MaxValue) return false;
        string bare = host is ['[', .., ']'] ? host[1..^1] : host;
        if (IsAddressLiteral(bare) && IPAddress.TryParse(bare, out IPAddress? address))
        {
            destination = FromAddress(address, port);
            return true;
        }
        if (bare.Length != host.Length || bare.Length > MaxDomainLength || !HostName.TryNormalize(bare, out string? name)) return false;
        if (name.Length > MaxDomainLength || name.StartsWith('.') || name.EndsWith('.') || name.Contains("..", StringComparison.Ordinal)) return false;
        foreach (char c in name)
            if (c <= ' ' || c == 0x7f || c is '[' or ']' or ':' or '/' or '@') return false;
        // Full-width digits, or a dot behind the last one, may have hidden an address.
        destination = IsAddressLiteral(name) && IPAddress.TryParse(name, out address) ? FromAddress(address, port) : new(name, null, (ushort)port);
        return true;
    }

    /// <summary>Reads <c>host:port</c>, <c>1.2.3.4:port</c> or <c>[2001:db8::1]:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port when the text has none; negative when it must have one.</param>
    /// <param name="destination">The destination read.</param>
    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out Destination? destination)
    {
        destination = null;
        if (string.IsNullOrEmpty(text)) return false;
        int colon = text.LastIndexOf(':');
        bool hasPort = colon >= 0 && (text[0] == '[' ? text[colon - 1] == ']' : text.IndexOf(':', StringComparison.Ordinal) == colon);
        if (!hasPort) return defaultPort >= 0 && TryFromHost(text, defaultPort, out destination);
        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && TryFromHost(text[..colon], port, out destination);
    }

    /// <summary>The end point, when the destination is an address.</summary>
    public IPEndPoint? ToEndPoint() => Address is null ? null : new IPEndPoint(Address, Port);

    /// <summary>The form <c>host:port</c>, with brackets around an IPv6 address.</summary>
    public override string ToString() => Address?.AddressFamily == AddressFamily.InterNetworkV6
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    // IPAddress.TryParse also takes "1", "0x7f.1" and "127.1", reads "[::1]:80" as ::1, and overlooks a zone that no interface has;
    // only the full dotted form and bare IPv6 are literals in a request.
    private static bool IsAddressLiteral(string text) => text.Contains(':', StringComparison.Ordinal)
        ? !text.AsSpan().ContainsAnyExcept(AddressChars)
        : text.AsSpan().Count('.') == 3 && !text.AsSpan().ContainsAnyExcept("0123456789.");
}
