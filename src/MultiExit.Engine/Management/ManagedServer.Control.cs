using System.Net;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Records;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Management;

/// <content>The server as operators see it, in this process and over the control socket.</content>
public sealed partial class ManagedServer
{
    // Under the lock of changes.
    private ControlEndpoint? _control;

    Task<ServerStatus> IServerControl.GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(GetStatus());

    Task<IReadOnlyList<PreflightResult>> IServerControl.CheckHostAsync(CancellationToken cancellationToken) =>
        ServerPreflight.RunAsync(Gateway.Config, isRunning: true, cancellationToken);

    Task<IReadOnlyList<SessionRecord>> IServerControl.GetSessionsAsync(CancellationToken cancellationToken) => GetSessionsAsync(cancellationToken);

    Task<IReadOnlyList<ExitStatus>> IServerControl.GetExitsAsync(CancellationToken cancellationToken) => Task.FromResult(Gateway.GetExits());

    Task<IReadOnlyList<UserStatus>> IServerControl.GetUsersAsync(CancellationToken cancellationToken) => Task.FromResult(Gateway.GetUsers());

    Task<IReadOnlyList<LockedClient>> IServerControl.GetLockedClientsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Gateway.GetLockedClients());

    Task<IReadOnlyList<LogEntry>> IServerControl.GetLogAsync(LogQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(Gateway.GetLog(query));

    Task<RecordPage> IServerControl.FindRecordsAsync(RecordQuery query, CancellationToken cancellationToken) =>
        Gateway.FindRecordsAsync(query, cancellationToken);

    Task<IReadOnlyList<TrafficRow>> IServerControl.FindTrafficAsync(TrafficQuery query, CancellationToken cancellationToken) =>
        Gateway.FindTrafficAsync(query, cancellationToken);

    Task<IReadOnlyList<MetricStatus>> IServerControl.GetMetricsAsync(CancellationToken cancellationToken) => Task.FromResult(Gateway.GetMetrics());

    Task<IReadOnlyList<RuleSetStatus>> IServerControl.GetRuleSetsAsync(CancellationToken cancellationToken) => Task.FromResult(Gateway.GetRuleSets());

    Task<RuleSetStatus> IServerControl.UpdateRuleSetAsync(string name, CancellationToken cancellationToken) =>
        Gateway.UpdateRuleSetAsync(name, cancellationToken);

    Task<IReadOnlyList<GroupStatus>> IServerControl.GetGroupsAsync(CancellationToken cancellationToken) => Task.FromResult(Gateway.GetGroups());

    Task<IReadOnlyList<ExitStatus>> IServerControl.GetMembersAsync(string group, CancellationToken cancellationToken) =>
        Task.FromResult(Gateway.GetMembers(group));

    Task<ExitStatus> IServerControl.PublishExitAsync(string group, string? name, JsonElement exit, CancellationToken cancellationToken) =>
        Task.FromResult(Gateway.PublishExit(group, name, exit));

    Task<bool> IServerControl.UnpublishExitAsync(string group, string name, CancellationToken cancellationToken) =>
        Task.FromResult(Gateway.UnpublishExit(group, name));

    Task<GroupStatus> IServerControl.UpdateGroupAsync(string name, CancellationToken cancellationToken) => Gateway.UpdateGroupAsync(name, cancellationToken);

    Task<bool> IServerControl.StopSessionAsync(long id, CancellationToken cancellationToken) => StopSessionAsync(id, cancellationToken);

    Task<int> IServerControl.SetExitEnabledAsync(string name, bool enabled, bool cutSessions, CancellationToken cancellationToken) =>
        Task.FromResult(Gateway.SetExitEnabled(name, enabled, cutSessions));

    Task<ExitProbe> IServerControl.ProbeExitAsync(
        string name, string? target, TimeSpan? timeout, bool asksAddress, CancellationToken cancellationToken) =>
        Gateway.ProbeExitAsync(name, target, timeout, asksAddress, cancellationToken);

    Task<int> IServerControl.CutUserAsync(string name, CancellationToken cancellationToken) => CutUserAsync(name, cancellationToken);

    Task<ServerStatus> IServerControl.UpgradeAsync(CancellationToken cancellationToken) => UpgradeAsync(cancellationToken);

    Task<bool> IServerControl.UnlockClientAsync(IPAddress client, CancellationToken cancellationToken) => Task.FromResult(Gateway.UnlockClient(client));

    Task<RouteExplanation> IServerControl.ExplainRouteAsync(RouteQuery query, CancellationToken cancellationToken) =>
        Gateway.ExplainRouteAsync(query, cancellationToken);

    Task<ConfigStatus> IServerControl.GetConfigAsync(CancellationToken cancellationToken) => Task.FromResult(GetConfig());

    Task<JsonElement> IServerControl.GetConfigJsonAsync(CancellationToken cancellationToken) =>
        Task.FromResult(JsonSerializer.SerializeToElement(Gateway.Config, ControlJson.Options));

    Task<IReadOnlyList<ConfigDifference>> IServerControl.CheckConfigAsync(ConfigDocument? document, CancellationToken cancellationToken) =>
        Task.FromResult(Check(document));

    Task<ConfigStatus> IServerControl.SetConfigAsync(ConfigDocument? document, ConfigRequest? request, CancellationToken cancellationToken) =>
        SetAsync(document, request, cancellationToken);

    async Task<ServerStatus> IServerControl.ReloadFileAsync(CancellationToken cancellationToken)
    {
        ConfigResult result = await ReloadFileAsync(ConfigChange.Control, cancellationToken).ConfigureAwait(false);
        return result.IsValid ? GetStatus() : throw result.ToException(EarlierStays);
    }

    Task<IReadOnlyList<ConfigDifference>> IServerControl.CheckEditsAsync(IReadOnlyList<ConfigEdit> edits, CancellationToken cancellationToken) =>
        Task.FromResult(CheckEdits(edits));

    Task<ConfigStatus> IServerControl.EditConfigAsync(IReadOnlyList<ConfigEdit> edits, ConfigRequest? request, CancellationToken cancellationToken) =>
        EditAsync(edits, request, cancellationToken);

    Task<ReplayReport> IServerControl.ReplayConfigAsync(ConfigDocument? document, ReplayQuery query, CancellationToken cancellationToken)
    {
        ConfigResult config = Read(document);
        return config.IsValid ? Gateway.ReplayAsync(config.Config!, query, cancellationToken) : throw config.ToException();
    }

    Task<ReplayReport> IServerControl.ReplayEditsAsync(IReadOnlyList<ConfigEdit> edits, ReplayQuery query, CancellationToken cancellationToken) =>
        Gateway.ReplayAsync(Edit(_state.InForce, edits).Config!, query, cancellationToken);

    async Task<ConfigStatus> IServerControl.ConfirmConfigAsync(CancellationToken cancellationToken)
    {
        await ConfirmAsync(cancellationToken).ConfigureAwait(false);
        return GetConfig();
    }

    Task<IReadOnlyList<ConfigVersion>> IServerControl.GetVersionsAsync(CancellationToken cancellationToken) => Task.FromResult(GetVersions());

    Task<IReadOnlyList<ConfigDifference>> IServerControl.CompareVersionsAsync(int number, int? with, CancellationToken cancellationToken) =>
        Task.FromResult(CompareVersions(number, with));

    Task<IReadOnlyList<ConfigDifference>> IServerControl.CheckVersionAsync(int number, CancellationToken cancellationToken) =>
        Task.FromResult(CheckVersion(number));

    Task<ConfigVersion> IServerControl.RestoreVersionAsync(int number, string? who, CancellationToken cancellationToken) =>
        RestoreAsync(number, who, cancellationToken);

    async Task<ServerStatus> IServerControl.StopAsync(TimeSpan? drainTimeout, CancellationToken cancellationToken)
    {
        await StopAsync(drainTimeout, cancellationToken).ConfigureAwait(false);
        return GetStatus();
    }

    // Under the lock of changes. A socket whose file was deleted cannot be reached; the next reload makes it again, whether the reload
    // succeeds or not.
    private void RenewControl()
    {
        if (_ended || _control is not { IsInPlace: false } lost) return;
        try
        {
            UnixListener bound = new(lost.Path);
            _control = new ControlEndpoint(bound, this, Gateway.Log, _time, HandOverAsync);
            _control.Start();
            // Not waited for: the request that asks for this reload may come over it.
            _ = lost.CloseAsync();
        }
        catch (ProxyException exception)
        {
            Gateway.Log.ControlLost(lost.Path, exception.Message);
        }
    }

    // Null where the one in force stays, or none is configured.
    private UnixListener? BindControl(string? path) => path is null || path == _control?.Path ? null : new UnixListener(path);

    // Nothing from here on can fail.
    private void UseControl(string? path, UnixListener? bound)
    {
        if (path == _control?.Path) return;
        ControlEndpoint? removed = _control;
        _control = bound is null ? null : new ControlEndpoint(bound, this, Gateway.Log, _time, HandOverAsync);
        _control?.Start();
        if (removed is null) return;
        // Not waited for: the request that made this change may come over this very socket.
        _ = removed.CloseAsync();
        Gateway.Log.ControlClosed(removed.Path);
    }
}
