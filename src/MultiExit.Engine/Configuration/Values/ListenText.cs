using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Addresses to listen on: <c>127.0.0.1:1080</c>, <c>[::1]:1080</c>, <c>:443</c> (IPv6 and IPv4), <c>localhost:1080</c> (127.0.0.1).</summary>
internal static class ListenText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\"";

    /// <summary>Reads an address to listen on.</summary>
    /// <returns>Null when it is read, otherwise what is wrong with it.</returns>
    public static string? Parse(string text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        int colon = text.LastIndexOf(':');
        bool bracketed = text.StartsWith('[');
        if (colon < 0 || bracketed && (colon == 0 || text[colon - 1] != ']')) return $"has no port; expected {Expected}";
        string host = text[..colon];
        if (!bracketed && host.Contains(':', StringComparison.Ordinal)) return $"is ambiguous; an IPv6 address stands in brackets, \"[::1]:1080\"";
        if (!PortText.TryParse(text.AsSpan(colon + 1), out ushort port)) return $"has no port from 0 to 65535 behind the colon; expected {Expected}";
        IPAddress? address = AddressOf(host, bracketed);
        if (address is null)
        {
            return host == "*"
                ? $"has * for an address; write \":{port.ToString(CultureInfo.InvariantCulture)}\" to listen on all addresses"
                : $"has no IP address of this host before the port; expected {Expected}";
        }
        endPoint = new(address, port);
        return null;
    }

    private static IPAddress? AddressOf(string host, bool bracketed)
    {
        if (host.Length == 0) return IPAddress.IPv6Any;
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)) return IPAddress.Loopback;
        if (!AddressText.TryParse(bracketed ? host[1..^1] : host, out IPAddress? address)) return null;
        return (address.AddressFamily == AddressFamily.InterNetworkV6) == bracketed ? address : null;
    }
}
