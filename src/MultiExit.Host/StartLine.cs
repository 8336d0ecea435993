using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit.Host;

/// <summary>The line that is printed once everything listens: where, and how to try it.</summary>
internal static class StartLine
{
    public static string Format(GatewayServer server)
    {
        ServerStatus status = server.GetStatus();
        GatewayConfig config = server.Config;
        string listeners = string.Join(", ", status.Listeners.Select(l => $"{l.Type} {l.EndPoint}{(l.Tls ? " (TLS)" : l.Network == "udp" ? " (UDP)" : "")}"));
        string? hint = status.Listeners.Where(listener => listener.Network == "tcp").Select(listener => Try(listener, config))
            .FirstOrDefault(text => text is not null);
        string line = $"multiexit {VersionCommand.Version} listening: {listeners}";
        return hint is null ? line : $"{line}  try: {hint}";
    }

    private static string? Try(ListenerStatus listener, GatewayConfig config) =>
        config.Inbounds.FirstOrDefault(inbound => inbound.Name == listener.Inbound)?.TryCommand(Reachable(listener.EndPoint));

    private static IPEndPoint Reachable(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, endPoint.Port)
        : endPoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port)
        : endPoint;
}
