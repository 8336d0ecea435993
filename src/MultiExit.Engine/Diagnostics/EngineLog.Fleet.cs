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

    public void FleetVersionPublished(string fleet, int version, string who) =>
        Main.Information("MX1148 version {Version} of the configuration of the fleet {Fleet} is published by {Who}", version, fleet, who);

    public void FleetVersionApplied(string fleet, int version, string until) =>
        Main.Information("MX1149 version {Version} of the configuration of the fleet {Fleet} is in force: {Until}", version, fleet, until);

    public void FleetVersionRolledBack(int version, string reason) =>
        Main.Warning("MX1150 version {Version} of the fleet's configuration is no longer in force here: {Reason}", version, reason);

    public void FleetFollowedAgain(int version) =>
        Main.Information("MX1152 this node follows the configuration of its fleet again, version {Version}", version);

    public void FleetVersionKept(string fleet, int version) =>
        Main.Information("MX1153 version {Version} of the configuration of the fleet {Fleet} is confirmed and stays", version, fleet);

    public void RolloutTaken(int version, string state, string reason) =>
        Main.Information("MX1154 the rollout of version {Version} of the fleet's configuration is {State} now: {Reason}", version, state, reason);

    public void LeaseWon(string exit, IPAddress address, long token) =>
        Main.Information("MX1158 exit {Exit}: this node has the lease of {Address}, token {Token}", exit, address, token);

    public void LeaseLost(string exit, IPAddress address, int connections, string reason) =>
        Main.Warning("MX1159 exit {Exit} has lost the lease of {Address}; connections cut: {Connections}; {Reason}", exit, address, connections, reason);

    public void LeaseLeft(string exit, IPAddress address, string reason) =>
        Main.Information("MX1160 exit {Exit} has given up the lease of {Address}: {Reason}", exit, address, reason);

    public void FleetNotLeft(string node, string reason) =>
        Main.Information("MX1144 the fleet was not told that the node {Node} stops, and shows it as silent: {Reason}", node, reason);

    public void FleetReplaysShared() => Main.Information("MX1167 replays are looked for on all nodes of the fleet again");

    public void QuotaUnknown(string user, int sessions) => Main.Warning(
        "MX1155 what is left of the quota of user {User} cannot be asked for while the store of the fleet is away; sessions cut: {Sessions}",
        LogText.Clean(user), sessions);
}
