using System.Net;

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

    /// <inheritdoc cref="GatewayServer.StopSession"/>
    Task<bool> StopSessionAsync(long id, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.SetExitEnabled"/>
    Task<int> SetExitEnabledAsync(string name, bool enabled, bool cutSessions = false, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.SetExitWeight"/>
    Task SetExitWeightAsync(string name, int weight, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.ProbeExitAsync"/>
    Task<ExitProbe> ProbeExitAsync(string name, string? target = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GatewayServer.UnlockClient"/>
    Task<bool> UnlockClientAsync(IPAddress client, CancellationToken cancellationToken = default);

    /// <summary>Stops listening, waits for live sessions, ends the rest.</summary>
    /// <param name="drainTimeout">How long to wait; null: <c>limits.drain_timeout</c>; zero: not at all.</param>
    /// <param name="cancellationToken">Ends our wait. A server of this process then cuts its sessions; another one drains on.</param>
    /// <returns>The server as it ended.</returns>
    Task<ServerStatus> StopAsync(TimeSpan? drainTimeout = null, CancellationToken cancellationToken = default);
}
