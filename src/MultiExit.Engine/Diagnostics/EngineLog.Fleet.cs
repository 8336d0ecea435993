using System.Net;

namespace MultiExit.Engine.Diagnostics;

/// <content>The fleet and its store.</content>
internal sealed partial class EngineLog
{
    public void FleetStoreBack(string place, string node, long epoch) =>
        Main.Information("MX1141 the store {Place} answers; this server is the node {Node} with epoch {Epoch}", place, node, epoch);

    public void FleetSharedAgain(string topic) => Main.Information("MX1147 {Topic} are shared with the fleet again", topic);

    /// <param name="client">The client.</param>
    /// <param name="node">The node that says so.</param>
    /// <param name="lasts">For how long.</param>
    public void LockedOutByNode(IPAddress client, string node, TimeSpan lasts) =>
        Main.Information("MX1145 {Client} is locked out for {Lasts}, since it is on the node {Node} of the fleet", client, lasts, node);

    public void FleetNotLeft(string node, string reason) =>
        Main.Information("MX1144 the fleet was not told that the node {Node} stops, and shows it as silent: {Reason}", node, reason);
}
