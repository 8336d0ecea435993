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
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Management;

/// <content>The server as operators see it, in this process and over the control socket.</content>
public sealed partial class ManagedServer
{
    // Under the lock of changes.
    private ControlEndpoint? _control;
    private ControlEndpoint? _readers;

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

    Task<FleetRecordPage> IServerControl.FindFleetRecordsAsync(RecordQuery query, CancellationToken cancellationToken) =>
        Gateway.FindFleetRecordsAsync(query, cancellationToken);

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
        Renew(ref _control, readsOnly: false);
        Renew(ref _readers, readsOnly: true);
    }

    private void Renew(ref ControlEndpoint? endpoint, bool readsOnly)
    {
        if (_ended || endpoint is not { IsInPlace: false } lost) return;
        try
        {
            endpoint = NewControl(new UnixListener(lost.Path, lost.Group), readsOnly);
            endpoint.Start();
            // Not waited for: the request that asks for this reload may come over it.
            _ = lost.CloseAsync();
        }
        catch (ProxyException exception)
        {
            Gateway.Log.ControlLost(lost.Path, exception.Message);
        }
    }

    // Null where the one in force stays, or none is configured.
    private static UnixListener? BindControl(ControlEndpoint? present, string? path, string? group)
    {
        if (path is null) return null;
        if (path != present?.Path) return new UnixListener(path, group);
        if (group is not null && group != present.Group && UnixGroup.Find(group) is null)
            throw new ProxyException(ProxyError.InvalidConfiguration, $"{path}: this system has no group {group}");
        return null;
    }

    private static UnixListener OpenControl(string path, string? group, PassedDescriptors? passed) =>
        passed?.Take(TakeoverOffer.OfControl(path)) is { } socket ? new UnixListener(path, socket) : new UnixListener(path, group);

    private ControlEndpoint NewControl(UnixListener bound, bool readsOnly) =>
        new(bound, this, Gateway.Log, _time, readsOnly ? null : HandOverAsync, readsOnly);

    // Of a socket that another process had it is not known whose it is.
    private void GiveTo(ControlEndpoint? endpoint, string? group, bool isAdopted = false)
    {
        if (endpoint is null || (endpoint.Group == group && !isAdopted)) return;
        try
        {
            endpoint.Use(group);
        }
        catch (Exception exception) when (exception is ProxyException or IOException or UnauthorizedAccessException)
        {
            Gateway.Log.ControlGroupKept(endpoint.Path, exception.Message);
        }
    }

    // Nothing from here on can fail.
    private void UseControl(ref ControlEndpoint? endpoint, string? path, string? group, UnixListener? bound, bool readsOnly)
    {
        if (path == endpoint?.Path)
        {
            GiveTo(endpoint, group);
            return;
        }
        ControlEndpoint? removed = endpoint;
        endpoint = bound is null ? null : NewControl(bound, readsOnly);
        endpoint?.Start();
        if (removed is null) return;
        // Not waited for: the request that made this change may come over this very socket.
        _ = removed.CloseAsync();
        Gateway.Log.ControlClosed(removed.Path);
    }
}
