using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>IP addresses in full form.</summary>
internal static class AddressText
{
    /// <summary>Reads an IPv4 address of four decimal numbers, or an IPv6 address without brackets.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        // IPAddress.TryParse alone also takes "1", "0x7f.1", "010.0.0.1" and "[::1]:80".
        if (text.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(text, out address))
        {
            address = null;
            return false;
        }
        return address.AddressFamily == AddressFamily.InterNetworkV6 || string.Equals(address.ToString(), text, StringComparison.Ordinal);
    }
}
