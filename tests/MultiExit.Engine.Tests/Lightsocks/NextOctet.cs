using System.Text;
using MultiExit.Engine.Protocols.Lightsocks;

namespace MultiExit.Engine.Tests.Lightsocks;

/// <summary>The plainest substitution of Lightsocks: each octet is replaced by the next one, and 255 by 0.</summary>
internal static class NextOctet
{
    /// <summary>Its password.</summary>
    public static readonly string Password = Convert.ToBase64String([.. Enumerable.Range(0, 256).Select(value => (byte)(value + 1))]);

    /// <summary>The substitution.</summary>
    public static readonly LightsocksTable Table =
        LightsocksTable.TryRead(Encoding.ASCII.GetBytes(Password), out LightsocksTable? table) ? table : throw new FormatException();

    /// <summary>Octets as they are sent, in hexadecimal.</summary>
    public static string Sent(string hex) => Turn(hex, 1);

    /// <summary>Octets that were sent, restored.</summary>
    public static string Restored(string hex) => Turn(hex, -1);

    private static string Turn(string hex, int by) =>
        Convert.ToHexString([.. Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)).Select(octet => (byte)(octet + by))]);
}
