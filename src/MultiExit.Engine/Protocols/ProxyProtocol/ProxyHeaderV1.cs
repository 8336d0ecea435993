using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MultiExit.Engine.Protocols.ProxyProtocol;

/// <summary>Version 1 of the header, a line of text (proxy-protocol.txt section 2.1).</summary>
internal static class ProxyHeaderV1
{
    /// <summary>The longest line, with CR and LF.</summary>
    public const int MaxLength = 107;

    // PROXY UNKNOWN and the end of the line.
    private const int MinLength = 15;

    private static ReadOnlySpan<byte> Prefix => "PROXY "u8;

    /// <inheritdoc cref="ProxyHeader.TryRead"/>
    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out ProxyHeader? header, out int consumed, out string? fault)
    {
        header = null;
        consumed = 0;
        int known = Math.Min(source.Length, Prefix.Length);
        if (!source[..known].SequenceEqual(Prefix[..known])) return Invalid("it does not begin with PROXY and a blank", out fault);
        ReadOnlySpan<byte> window = source[..Math.Min(source.Length, MaxLength)];
        int end = window.IndexOf("\r\n"u8);
        if (end < 0)
        {
            fault = null;
            // A lone LF ends no line (section 2.1), and nothing that follows can mend it.
            if (window.Contains((byte)'\n')) return Invalid("the line ends without CR", out fault);
            return source.Length >= MaxLength ? Invalid($"the line has no end within {MaxLength} characters", out fault) : ParseStatus.NeedMore;
        }
        string line = Encoding.ASCII.GetString(window[Prefix.Length..end]);
        header = Read(line.Split(' '));
        if (header is null) return Invalid("the line is not PROXY TCP4 or TCP6 with two addresses and two ports, nor PROXY UNKNOWN", out fault);
        consumed = end + 2;
        fault = null;
        return ParseStatus.Ok;
    }

    /// <inheritdoc cref="ProxyHeader.Missing"/>
    public static int Missing(ReadOnlySpan<byte> source) =>
        source.Length < MinLength ? MinLength - source.Length : source[^1] == '\r' ? 1 : 2;

    /// <summary>Writes a header and returns its length.</summary>
    /// <param name="target">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="source">The client; null: UNKNOWN is written.</param>
    /// <param name="destination">Where the connection goes to.</param>
    public static int Write(Span<byte> target, IPEndPoint? source, IPEndPoint? destination)
    {
        if (source is null || destination is null) return Encoding.ASCII.GetBytes("PROXY UNKNOWN\r\n", target);
        (IPAddress from, IPAddress to) = ProxyAddresses.OfOneFamily(source.Address, destination.Address);
        string family = from.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"PROXY {family} {Text(from)} {Text(to)} {source.Port} {destination.Port}\r\n"), target);
    }

    private static ProxyHeader? Read(string[] fields) => fields switch
    {
        // What follows UNKNOWN is to be ignored.
        ["UNKNOWN", ..] => new(),
        [var family and ("TCP4" or "TCP6"), var source, var destination, var from, var to]
            when Address(source, family) is { } sender && Address(destination, family) is { } receiver && Port(from) is { } first && Port(to) is { } second =>
            new(new IPEndPoint(sender, first), new IPEndPoint(receiver, second)),
        _ => null,
    };

    private static IPAddress? Address(string text, string family)
    {
        // No scope, no port, no brackets, and none of the shorter forms of IPv4.
        bool isV4 = family == "TCP4";
        if (text.Length == 0 || text.AsSpan().ContainsAnyExcept(isV4 ? "0123456789." : "0123456789abcdefABCDEF:.")) return null;
        if (!IPAddress.TryParse(text, out IPAddress? address)) return null;
        if (isV4) return address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text ? address : null;
        return address.AddressFamily != AddressFamily.InterNetworkV6 ? null : ProxyAddresses.Plain(address);
    }

    private static int? Port(string text) =>
        text.Length is > 0 and <= 5 && (text == "0" || text[0] != '0')
        && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? port : null;

    // The line has groups of hexadecimal digits alone: an IPv4 address within IPv6 is written so as well.
    private static string Text(IPAddress address)
    {
        if (!address.IsIPv4MappedToIPv6) return new IPAddress(address.GetAddressBytes()).ToString();
        byte[] bytes = address.GetAddressBytes();
        return string.Create(CultureInfo.InvariantCulture, $"::ffff:{(bytes[12] << 8) | bytes[13]:x}:{(bytes[14] << 8) | bytes[15]:x}");
    }

    private static ParseStatus Invalid(string reason, out string? fault)
    {
        fault = reason;
        return ParseStatus.Invalid;
    }
}
