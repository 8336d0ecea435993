using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Ranges of addresses: <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, or a single address.</summary>
internal static class NetworkText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "a network such as 10.0.0.0/8 or 2001:db8::/32, or a single address";

    /// <summary>Reads a network.</summary>
    /// <returns>Null when it is read, otherwise what is wrong with it.</returns>
    public static string? Parse(string text, out IPNetwork network)
    {
        network = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!AddressText.TryParse(slash < 0 ? text : text[..slash], out IPAddress? address)) return $"is no network; expected {Expected}";
        int bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        int prefix = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
            return $"has no prefix length from 0 to {bits} behind the slash";
        IPAddress start = Masked(address, prefix);
        if (!start.Equals(address)) return $"has address bits behind the prefix; did you mean {start}/{prefix}?";
        network = new(start, prefix);
        return null;
    }

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(prefix - i * 8, 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }
        return new(bytes);
    }
}
