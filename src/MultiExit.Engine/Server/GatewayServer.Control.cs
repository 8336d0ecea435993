using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>The control endpoint, and the server as what it controls.</content>
public sealed partial class GatewayServer : IServerControl
{
    private readonly TaskCompletionSource _sessionsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ManagedServer? _manager;
    private ControlEndpoint? _control;
    private bool _controlOpened;

    /// <summary>Ends when a stop has drained and only the release of what the server holds is left.</summary>
    internal Task SessionsEnded => _sessionsEnded.Task;

    /// <summary>Who knows where the configuration comes from; set once, right behind the start.</summary>
    internal ManagedServer? Manager
    {
        get => _manager;
        set => _manager = value;
    }

    Task<ServerStatus> IServerControl.GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(GetStatus());

    Task<IReadOnlyList<SessionInfo>> IServerControl.GetSessionsAsync(CancellationToken cancellationToken) => Task.FromResult(GetSessions());

    Task<IReadOnlyList<ExitStatus>> IServerControl.GetExitsAsync(CancellationToken cancellationToken) => Task.FromResult(GetExits());

    Task<IReadOnlyList<UserStatus>> IServerControl.GetUsersAsync(CancellationToken cancellationToken) => Task.FromResult(GetUsers());

    Task<IReadOnlyList<LockedClient>> IServerControl.GetLockedClientsAsync(CancellationToken cancellationToken) => Task.FromResult(GetLockedClients());

    Task<IReadOnlyList<LogEntry>> IServerControl.GetLogAsync(LogQuery query, CancellationToken cancellationToken) => Task.FromResult(GetLog(query));

    Task<bool> IServerControl.StopSessionAsync(long id, CancellationToken cancellationToken) => Task.FromResult(StopSession(id));

    Task<int> IServerControl.SetExitEnabledAsync(string name, bool enabled, bool cutSessions, CancellationToken cancellationToken) =>
        Task.FromResult(SetExitEnabled(name, enabled, cutSessions));

    Task IServerControl.SetExitWeightAsync(string name, int weight, CancellationToken cancellationToken) =>
        ChangeExitWeightAsync(name, weight, null, cancellationToken);

    /// <summary>Changes a weight in the configuration where that can be, else at run time.</summary>
    /// <param name="name">The exit or group.</param>
    /// <param name="weight">The share.</param>
    /// <param name="who">Who asked for it; null: the user of this process.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    internal Task ChangeExitWeightAsync(string name, int weight, string? who, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, ExitConfig.MinWeight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, ExitConfig.MaxWeight);
        if (_manager is { } manager) return manager.SetExitWeightAsync(name, weight, who, cancellationToken);
        SetExitWeight(name, weight);
        return Task.CompletedTask;
    }

    Task<bool> IServerControl.UnlockClientAsync(IPAddress client, CancellationToken cancellationToken) => Task.FromResult(UnlockClient(client));

    async Task<ServerStatus> IServerControl.StopAsync(TimeSpan? drainTimeout, CancellationToken cancellationToken)
    {
        await StopWholeAsync(drainTimeout, cancellationToken).ConfigureAwait(false);
        return GetStatus();
    }

    /// <summary>Stops the server together with what manages it.</summary>
    internal Task StopWholeAsync(TimeSpan? drainTimeout, CancellationToken cancellationToken) =>
        _manager is { } manager ? manager.StopAsync(drainTimeout, cancellationToken) : StopAsync(drainTimeout, cancellationToken);

    /// <summary>Has the control socket answer, with <see cref="GatewayOptions.HoldsControl"/>; clients that came earlier have waited.</summary>
    internal void OpenControl()
    {
        _controlOpened = true;
        _control?.Start();
    }

    // The one in force where the path has not changed.
    private ControlEndpoint? BindControl(string? path)
    {
        if (path is null) return null;
        return _control?.Path == path ? _control : new ControlEndpoint(path, this, _log, _options.Time);
    }

    // Nothing here fails.
    private void UseControl(ControlEndpoint? control)
    {
        if (control == _control) return;
        ControlEndpoint? removed = _control;
        _control = control;
        if (_controlOpened || !_options.HoldsControl) control?.Start();
        if (removed is null) return;
        // Not waited for: what asked for this change may be a request of its own.
        _ = removed.CloseAsync();
        _log.ControlClosed(removed.Path);
    }
}
