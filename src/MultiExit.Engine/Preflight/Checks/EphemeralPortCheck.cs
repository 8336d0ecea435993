using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport.Linux;
using MultiExit.Engine.Services;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>The ports that the system gives to connections: each source address has so many towards one destination.</summary>
internal sealed class EphemeralPortCheck() : QuickCheck("ephemeral-ports")
{
    private const string Folder = "proc/sys/net/ipv4/";
    private const string Range = "net.ipv4.ip_local_port_range";

    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        if (context.Files.Read(Folder + "ip_local_port_range") is not { } range
            || EphemeralPorts.Parse(range, context.Files.Read(Folder + "ip_local_reserved_ports") ?? "") is not { } ports)
        {
            yield return Skip("this system does not show its range of ports");
            yield break;
        }
        int connections = context.Config.Limits.Connections;
        yield return ports.Count >= connections
            ? Ok($"{CountText.Of(ports.Count, "port")} towards each destination for limits.connections {connections}")
            : Warn($"a source address has {CountText.Of(ports.Count, "port")} towards one destination, fewer than limits.connections {connections}",
                $"sysctl -w {Range}=\"10240 65535\", or exits with more addresses in a group");
        // A connection that happens to have the port keeps a server from starting.
        foreach (ConfiguredListener listener in ConfiguredListener.Of(context.Config).Where(one => ports.Contains(one.EndPoint.Port)))
            yield return Warn($"{listener}: any connection of this host may have taken the port when the server starts",
                $"sysctl -w net.ipv4.ip_local_reserved_ports={listener.EndPoint.Port} (with those that are there), or a port outside of {Range}");
    }
}
