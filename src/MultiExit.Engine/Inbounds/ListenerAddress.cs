using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>Whether a client has sent to a listener itself, where it should have sent to others.</summary>
internal static class ListenerAddress
{
    /// <summary>Why such a client is not served.</summary>
    public const string NotRedirected = "it came to the listener itself; only what the firewall redirects is served (multiexit redirect apply)";

    /// <summary>Whether a destination is the listener.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="port">The listener's port.</param>
    public static bool Is(IPEndPoint destination, int port) => destination.Port == port && LocalAddresses.System.Contains(destination.Address);
}
