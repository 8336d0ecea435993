using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace MultiExit.Engine.Protocols.EchTunnel;

/// <summary>Addresses in messages: <c>host:port</c>, IPv6 in brackets.</summary>
internal static class EchTunnelAddress
{
    /// <summary>Reads an address.</summary>
    /// <returns>False when it has no port, or a host that cannot be one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, [NotNullWhen(true)] out Destination? address)
    {
        address = null;
        return text.Length <= EchTunnelWire.MaxAddressLength && Utf8.IsValid(text) && Destination.TryParse(Encoding.UTF8.GetString(text), -1, out address);
    }

    /// <summary>Writes an address and returns its length, at most <see cref="EchTunnelWire.MaxAddressLength"/> for one that came in ASCII.</summary>
    public static int Write(Span<byte> target, Destination address) => Encoding.UTF8.GetBytes(address.ToString(), target);

    /// <summary>The length of the address as text.</summary>
    public static int GetLength(Destination address) => Encoding.UTF8.GetByteCount(address.ToString());
}
