using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>The table of connections that the firewall keeps, which source NAT and many rule sets need: when it is full, packets of new connections are
/// dropped.</summary>
internal sealed class ConnectionTrackingCheck() : QuickCheck("conntrack")
{
    private const string Folder = "proc/sys/net/netfilter/nf_conntrack_";

    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        if (context.Files.Number(Folder + "max") is not { } most || most <= 0)
        {
            yield return Skip("the firewall keeps no table of connections, or does not show it");
            yield break;
        }
        int connections = context.Config.Limits.Connections;
        long needed = 2L * connections;
        long used = context.Files.Number(Folder + "count") ?? 0;
        string action = $"sysctl -w net.netfilter.nf_conntrack_max={Math.Max(4 * needed, 2 * most)}";
        if (most < needed)
            yield return Warn($"the table has room for {most} connections, and limits.connections {connections} takes {needed}", action);
        else if (used > most / 10 * 9)
            yield return Warn($"the table is nearly full, {used} of {most}: new connections are about to be dropped", action);
        else
            yield return Ok($"{used} of {most} in use, limits.connections {connections} takes {needed}");
    }
}
