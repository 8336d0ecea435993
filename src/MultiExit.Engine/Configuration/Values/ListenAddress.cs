using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Which addresses a listener takes.</summary>
internal static class ListenAddress
{
    /// <summary>Whether a listener on <paramref name="all"/> takes what comes to <paramref name="one"/>; <c>::</c> takes IPv4 as well.</summary>
    public static bool Covers(IPAddress all, IPAddress one) =>
        all.Equals(one) || all.Equals(IPAddress.IPv6Any) || all.Equals(IPAddress.Any) && one.AddressFamily == AddressFamily.InterNetwork;
}
