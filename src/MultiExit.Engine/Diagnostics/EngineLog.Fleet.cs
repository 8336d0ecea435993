namespace MultiExit.Engine.Diagnostics;

/// <content>The fleet and its store.</content>
internal sealed partial class EngineLog
{
    public void FleetStoreBack(string place, string node, long epoch) =>
        Main.Information("MX1141 the store {Place} answers; this server is the node {Node} with epoch {Epoch}", place, node, epoch);

    public void FleetNotLeft(string node, string reason) =>
        Main.Information("MX1144 the fleet was not told that the node {Node} stops, and shows it as silent: {Reason}", node, reason);
}
