using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>What an operator does with a server that runs: <see cref="GatewayServer"/> for one of this process,
/// <see cref="ControlClient"/> for one that is reached over its control socket. Thread-safe.</summary>
/// <remarks>Every member throws a <see cref="ProxyException"/> when the server does not do it, or cannot be reached.</remarks>
public interface IServerControl
{
    /// <inheritdoc cref="GatewayServer.GetStatus"/>
    Task<ServerStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetSessions"/>
    Task<IReadOnlyList<SessionInfo>> GetSessionsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetExits"/>
    Task<IReadOnlyList<ExitStatus>> GetExitsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetUsers"/>
    Task<IReadOnlyList<UserStatus>> GetUsersAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetLockedClients"/>
    Task<IReadOnlyList<LockedClient>> GetLockedClientsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.GetLog"/>
    Task<IReadOnlyList<LogEntry>> GetLogAsync(LogQuery query, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.StopSession"/>
    Task<bool> StopSessionAsync(long id, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.SetExitEnabled"/>
    Task<int> SetExitEnabledAsync(string name, bool enabled, bool cutSessions = false, CancellationToken cancellationToken = default);

    /// <summary>Gives an exit or group another share in groups with the strategy <c>weighted</c>.</summary>
    /// <remarks>The weight of an exit is changed in the configuration in force, as <see cref="ManagedServer.EditAsync"/> does: a version
    /// where there is a history. What no document says (groups, <c>direct</c>, exits of a server that has no document in the native
    /// schema) has the weight until a reload brings another configured one, or the server ends.</remarks>
    /// <param name="name">The exit or group.</param>
    /// <param name="weight">The share, 1 to 1000.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    Task SetExitWeightAsync(string name, int weight, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.ProbeExitAsync"/>
    Task<ExitProbe> ProbeExitAsync(string name, string? target = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.UnlockClient"/>
    Task<bool> UnlockClientAsync(IPAddress client, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.GetConfig"/>
    Task<ConfigStatus> GetConfigAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.Check"/>
    Task<IReadOnlyList<ConfigDifference>> CheckConfigAsync(ConfigDocument? document, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.SetAsync"/>
    Task<ConfigStatus> SetConfigAsync(ConfigDocument? document, ConfigRequest? request = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.CheckEdits"/>
    Task<IReadOnlyList<ConfigDifference>> CheckEditsAsync(IReadOnlyList<ConfigEdit> edits, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.EditAsync"/>
    Task<ConfigStatus> EditConfigAsync(IReadOnlyList<ConfigEdit> edits, ConfigRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Confirms the change that waits for it.</summary>
    Task<ConfigStatus> ConfirmConfigAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.GetVersions"/>
    Task<IReadOnlyList<ConfigVersion>> GetVersionsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.CompareVersions"/>
    Task<IReadOnlyList<ConfigDifference>> CompareVersionsAsync(int number, int? with = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.CheckVersion"/>
    Task<IReadOnlyList<ConfigDifference>> CheckVersionAsync(int number, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ManagedServer.RestoreAsync"/>
    Task<ConfigVersion> RestoreVersionAsync(int number, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.ExplainRouteAsync"/>
    Task<RouteExplanation> ExplainRouteAsync(RouteQuery query, CancellationToken cancellationToken = default);

    /// <summary>Stops listening, waits for live sessions, ends the rest.</summary>
    /// <param name="drainTimeout">How long to wait; null: <c>limits.drain_timeout</c>; zero: not at all.</param>
    /// <param name="cancellationToken">Ends our wait. A server of this process then cuts its sessions; another one drains on.</param>
    /// <returns>The server as it ended.</returns>
    Task<ServerStatus> StopAsync(TimeSpan? drainTimeout = null, CancellationToken cancellationToken = default);
}
