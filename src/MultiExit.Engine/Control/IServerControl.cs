using System.Net;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Records;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The operations on a server that runs: the managed server for one of this process,
/// <see cref="ControlClient"/> for one that is reached over its control socket. Thread-safe.</summary>
/// <remarks>Every member throws a <see cref="ProxyException"/> when the server refuses the operation, or cannot be reached.</remarks>
public interface IServerControl
{
    /// <summary>The state of the server, and where its configuration comes from.</summary>
    Task<ServerStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the host has what the configuration in force needs, as the process of the server sees it; each configured resolver is sent a
    /// query.</summary>
    Task<IReadOnlyList<PreflightResult>> CheckHostAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetSessions"/>
    Task<IReadOnlyList<SessionRecord>> GetSessionsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetExits"/>
    Task<IReadOnlyList<ExitStatus>> GetExitsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetUsers"/>
    Task<IReadOnlyList<UserStatus>> GetUsersAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetLockedClients"/>
    Task<IReadOnlyList<LockedClient>> GetLockedClientsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetLog"/>
    Task<IReadOnlyList<LogEntry>> GetLogAsync(LogQuery query, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.FindRecordsAsync"/>
    Task<RecordPage> FindRecordsAsync(RecordQuery query, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.FindFleetRecordsAsync"/>
    Task<FleetRecordPage> FindFleetRecordsAsync(RecordQuery query, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.FindTrafficAsync"/>
    Task<IReadOnlyList<TrafficRow>> FindTrafficAsync(TrafficQuery query, CancellationToken cancellationToken = default);

    /// <summary>The live sessions of all nodes of the fleet that the server is a node of, asked now; a node that does not say so is named as well. It
    /// takes up to five seconds.</summary>
    /// <param name="query">Which of them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>By the names of the nodes.</returns>
    /// <exception cref="ProxyException">The store does not answer, or the server is no node.</exception>
    Task<IReadOnlyList<NodeAnswer<SessionRecord>>> GetFleetSessionsAsync(FleetQuery query, CancellationToken cancellationToken = default);

    /// <summary>The users of all nodes, as <see cref="GetFleetSessionsAsync"/>.</summary>
    /// <inheritdoc cref="GetFleetSessionsAsync"/>
    Task<IReadOnlyList<NodeAnswer<UserStatus>>> GetFleetUsersAsync(FleetQuery query, CancellationToken cancellationToken = default);

    /// <summary>The exits and groups of all nodes, and the exits that are members of groups at run time, as <see cref="GetFleetSessionsAsync"/>.</summary>
    /// <inheritdoc cref="GetFleetSessionsAsync"/>
    Task<IReadOnlyList<NodeAnswer<ExitStatus>>> GetFleetExitsAsync(FleetQuery query, CancellationToken cancellationToken = default);

    /// <summary>The history of traffic of all nodes, as <see cref="GetFleetSessionsAsync"/>.</summary>
    /// <inheritdoc cref="GetFleetSessionsAsync"/>
    Task<IReadOnlyList<NodeAnswer<TrafficRow>>> FindFleetTrafficAsync(TrafficQuery query, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetMetrics"/>
    Task<IReadOnlyList<MetricStatus>> GetMetricsAsync(CancellationToken cancellationToken = default);

    /// <summary>What happens from now on, until the server stops. A listener that does not read for long misses events, and is told how many by one
    /// of the type <c>missed</c>.</summary>
    /// <param name="after">Begins with the newest 1,000 that follow this number; null: with the next one.</param>
    /// <param name="types">The types that are asked for (docs/events.md); null or empty: all.</param>
    /// <param name="cancellationToken">Ends listening.</param>
    IAsyncEnumerable<ServerEvent> GetEventsAsync(
        long? after = null, IReadOnlyCollection<string>? types = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetRuleSets"/>
    Task<IReadOnlyList<RuleSetStatus>> GetRuleSetsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.UpdateRuleSetAsync"/>
    Task<RuleSetStatus> UpdateRuleSetAsync(string name, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetGroups"/>
    Task<IReadOnlyList<GroupStatus>> GetGroupsAsync(CancellationToken cancellationToken = default);

    /// <summary>The exits that are members of a group at run time, by name.</summary>
    Task<IReadOnlyList<ExitStatus>> GetMembersAsync(string group, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.PublishExit"/>
    Task<ExitStatus> PublishExitAsync(string group, string? name, JsonElement exit, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.UnpublishExit"/>
    Task<bool> UnpublishExitAsync(string group, string name, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.UpdateGroupAsync"/>
    Task<GroupStatus> UpdateGroupAsync(string name, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.StopSession"/>
    Task<bool> StopSessionAsync(long id, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.SetExitEnabled"/>
    Task<int> SetExitEnabledAsync(string name, bool enabled, bool cutSessions = false, CancellationToken cancellationToken = default);

    /// <summary>Gives an exit or group another share in groups with the strategy <c>weighted</c>.</summary>
    /// <remarks>The weight of an exit is changed in the configuration in force, as <see cref="EditConfigAsync"/> does: a version
    /// where there is a history. Exits that no document holds (groups, <c>direct</c>, exits of a server that has no document in the native
    /// schema) have the weight until a reload brings another configured one, or the server ends.</remarks>
    /// <param name="name">The exit or group.</param>
    /// <param name="weight">The share, 1 to 1000.</param>
    /// <param name="who">The user who asked for it, for the version; null: the user of this process.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    Task SetExitWeightAsync(string name, int weight, string? who = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.ProbeExitAsync"/>
    Task<ExitProbe> ProbeExitAsync(
        string name, string? target = null, TimeSpan? timeout = null, bool asksAddress = false, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.UnlockClient"/>
    Task<bool> UnlockClientAsync(IPAddress client, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.CutUser"/>
    Task<int> CutUserAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The configuration in force, and what is known of it.</summary>
    Task<ConfigStatus> GetConfigAsync(CancellationToken cancellationToken = default);

    /// <summary>The configuration in force as JSON, with the names and units of a configuration file; secrets are <c>***</c>.</summary>
    Task<JsonElement> GetConfigJsonAsync(CancellationToken cancellationToken = default);

    /// <summary>What a document would change, secrets masked.</summary>
    /// <param name="document">The document; null: the server's own file as it is now.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="ProxyException">It is not valid; the exception has all faults.</exception>
    Task<IReadOnlyList<ConfigDifference>> CheckConfigAsync(ConfigDocument? document, CancellationToken cancellationToken = default);

    /// <summary>Puts a document in force and keeps it as a version.</summary>
    /// <param name="document">The document; null: the server's own file as it is now.</param>
    /// <param name="request">The reason, and whether it has to be confirmed or probed.</param>
    /// <param name="cancellationToken">Ends the wait for other changes, and the probe.</param>
    /// <exception cref="ProxyException">It is not valid, and the exception has all faults; or it cannot be put in force. The earlier one stays,
    /// or is back.</exception>
    Task<ConfigStatus> SetConfigAsync(ConfigDocument? document, ConfigRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the server's own file again and puts it in force.</summary>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    /// <returns>The server with that configuration.</returns>
    /// <exception cref="ProxyException">The file is not valid, and the exception has all faults; or it cannot be put in force. The earlier
    /// configuration stays. Or the server has no file.</exception>
    Task<ServerStatus> ReloadFileAsync(CancellationToken cancellationToken = default);

    /// <summary>What edits would change, secrets masked.</summary>
    /// <param name="edits">The edits.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="ProxyException">They cannot be made, or the resulting configuration is not valid: the exception has all faults. Or
    /// the configuration in force cannot be edited.</exception>
    Task<IReadOnlyList<ConfigDifference>> CheckEditsAsync(IReadOnlyList<ConfigEdit> edits, CancellationToken cancellationToken = default);

    /// <summary>Changes parts of the configuration in force, and keeps the resulting configuration as a version. Comments and layout stay. The
    /// server's file is not written, and a reload of it takes the changes back.</summary>
    /// <param name="edits">What changes: all of it, or nothing.</param>
    /// <param name="request">Whether it has to be confirmed or probed; the reason is <see cref="ConfigChange.Edit"/> whatever it says.</param>
    /// <param name="cancellationToken">Ends the wait for other changes, and the probe.</param>
    /// <exception cref="ProxyException">As for <see cref="CheckEditsAsync"/>, or it cannot be put in force: the earlier configuration stays, or
    /// is back.</exception>
    Task<ConfigStatus> EditConfigAsync(IReadOnlyList<ConfigEdit> edits, ConfigRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Says what a candidate configuration would do with sessions that were, or that are live: how many would take another way or be
    /// refused, and by which rule. Nothing is dialed, and nothing changes.</summary>
    /// <param name="document">The candidate; null: the server's own file as it is now.</param>
    /// <param name="query">Which sessions.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProxyException">It is not valid, and the exception has all faults; or the server keeps no records.</exception>
    Task<ReplayReport> ReplayConfigAsync(ConfigDocument? document, ReplayQuery query, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="ReplayConfigAsync"/>, for edits of the configuration in force.</summary>
    /// <param name="edits">The edits.</param>
    /// <param name="query">Which sessions.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProxyException">As for <see cref="CheckEditsAsync"/>, or the server keeps no records.</exception>
    Task<ReplayReport> ReplayEditsAsync(IReadOnlyList<ConfigEdit> edits, ReplayQuery query, CancellationToken cancellationToken = default);

    /// <summary>Confirms the change that waits for it.</summary>
    /// <exception cref="ProxyException">No change waits; it may have been rolled back already.</exception>
    Task<ConfigStatus> ConfirmConfigAsync(CancellationToken cancellationToken = default);

    /// <summary>The versions, oldest first; none without <c>history</c>.</summary>
    /// <exception cref="ProxyException">The folder cannot be read.</exception>
    Task<IReadOnlyList<ConfigVersion>> GetVersionsAsync(CancellationToken cancellationToken = default);

    /// <summary>What differs in a later version, secrets masked.</summary>
    /// <param name="number">The earlier version.</param>
    /// <param name="with">The later version; null: the configuration in force.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="ProxyException">There is no such version, or no history.</exception>
    Task<IReadOnlyList<ConfigDifference>> CompareVersionsAsync(int number, int? with = null, CancellationToken cancellationToken = default);

    /// <summary>What would change if a version were restored, secrets masked.</summary>
    /// <exception cref="ProxyException">There is no such version, or it is not valid any more; the exception has all faults.</exception>
    Task<IReadOnlyList<ConfigDifference>> CheckVersionAsync(int number, CancellationToken cancellationToken = default);

    /// <summary>Puts an earlier version in force again, as a new version. This ends the wait for a change's confirmation.</summary>
    /// <param name="number">The version.</param>
    /// <param name="who">The user who asked for it; null: the user of this process.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    /// <exception cref="ProxyException">There is no such version, or it cannot be put in force any more.</exception>
    Task<ConfigVersion> RestoreVersionAsync(int number, string? who = null, CancellationToken cancellationToken = default);

    /// <summary>The newest version of the configuration of the fleet that the server is a node of, and what its nodes run, read from the store now.</summary>
    /// <returns>Null: none was published yet.</returns>
    /// <exception cref="ProxyException">The store does not answer, or the server is no node.</exception>
    Task<RolloutStatus?> GetRolloutAsync(CancellationToken cancellationToken = default);

    /// <summary>What a version of the fleet's configuration would change on this node, secrets masked.</summary>
    /// <param name="document">The sections that all nodes shall have.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="ProxyException">It is not valid on this node, holds a secret in clear text or a section of the node; the exception has all
    /// faults.</exception>
    Task<IReadOnlyList<ConfigDifference>> CheckRolloutAsync(ConfigDocument document, CancellationToken cancellationToken = default);

    /// <summary>Publishes a version of the fleet's configuration, which the nodes put in force in the place of the sections of their own files. Nodes
    /// go back by themselves when it does not turn out well.</summary>
    /// <param name="document">The sections that all nodes shall have.</param>
    /// <param name="request">How it is rolled out; null: on all nodes at once, and it stays once all have run it well.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="ProxyException">As for <see cref="CheckRolloutAsync"/>; the store does not answer; or another version is being rolled out.</exception>
    Task<RolloutStatus> PublishConfigAsync(ConfigDocument document, RolloutRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Keeps the version that waits for its confirmation on all nodes.</summary>
    /// <exception cref="ProxyException">None waits, it is still with its canaries, or the store does not answer.</exception>
    Task<RolloutStatus> ConfirmRolloutAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes all nodes back: from the version that is being rolled out, or with the version before as a new one where it is confirmed.</summary>
    /// <param name="who">The user who asked for it; null: the user of this process.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="ProxyException">There is no version to go back to, or the store does not answer.</exception>
    Task<RolloutStatus> UndoRolloutAsync(string? who = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.ExplainRouteAsync"/>
    Task<RouteExplanation> ExplainRouteAsync(RouteQuery query, CancellationToken cancellationToken = default);

    /// <summary>Starts the server's program again, which takes the place of the running process without a connection refused or cut; the process of
    /// before drains its sessions for as long as <c>limits.drain_timeout</c> says.</summary>
    /// <returns>The server, by the new process.</returns>
    /// <exception cref="ProxyException">The new process was not ready, or this server is no program of its own: it goes on as before.</exception>
    Task<ServerStatus> UpgradeAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops listening, waits for live sessions, ends the rest.</summary>
    /// <param name="drainTimeout">How long to wait; null: <c>limits.drain_timeout</c>; zero: not at all.</param>
    /// <param name="cancellationToken">Ends the wait. A server of this process then cuts its sessions; one of another process drains on.</param>
    /// <returns>The server as it ended.</returns>
    Task<ServerStatus> StopAsync(TimeSpan? drainTimeout = null, CancellationToken cancellationToken = default);
}
