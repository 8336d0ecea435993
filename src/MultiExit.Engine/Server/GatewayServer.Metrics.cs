using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Metrics;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>What the server measures. All but the ends of sessions and dials is read from its counters when somebody asks.</content>
public sealed partial class GatewayServer
{
    // A user that has used so much of its quota is near its end.
    private const double NearQuota = 0.9;

    private readonly UserLabels _userLabels = new();

    /// <summary>What the server measures.</summary>
    internal ServerMetrics Metrics { get; }

    /// <summary>The metrics as of now, in the order of docs/metrics.md; those without a value are left out.</summary>
    public IReadOnlyList<MetricStatus> GetMetrics() => Metrics.Collect();

    private void ObserveMetrics()
    {
        Metrics.Observe(MetricCatalog.Build, () => [(1, [_config.Name, EngineVersion.Text])]);
        Metrics.Observe(MetricCatalog.StartTime, () => _started.ToUnixTimeMilliseconds() / 1000.0);
        Metrics.Observe(MetricCatalog.SessionsStarted, () => _sessions.GetInbounds().Select(inbound => Labeled(inbound.Total, inbound.Inbound)));
        Metrics.Observe(MetricCatalog.SessionsLive, () => _sessions.GetInbounds().Select(inbound => Labeled(inbound.Live, inbound.Inbound)));
        Metrics.Observe(MetricCatalog.NetworkIo, ReadTraffic);
        Metrics.Observe(MetricCatalog.ConnectionsLive, () => _connections.Count);
        Metrics.Observe(MetricCatalog.ClientsRefused, () => _counters.Refusals.Select(refusal =>
            Labeled(refusal.Count, refusal.Inbound, refusal.Reason.Word())));
        Metrics.Observe(MetricCatalog.ClientsLocked, () => _logins.GetLocked().Count);
        Metrics.Observe(MetricCatalog.LoginsFailed, () => _config.Inbounds.Select(inbound => Labeled(_logins.FailuresAt(inbound.Name), inbound.Name)));
        Metrics.Observe(MetricCatalog.DatagramsDropped, () => _counters.DroppedDatagrams);
        Metrics.Observe(MetricCatalog.LogDropped, () => _log.Lost);
        Metrics.Observe(MetricCatalog.RecordsDropped, () => _records.Dropped);
        Metrics.Observe(MetricCatalog.StoresFailing, () => NotWritten().Count());
        Metrics.Observe(MetricCatalog.Reported, () => _reports.Get().Select(report => Labeled(report.Count, report.Name)));
        Metrics.Observe(MetricCatalog.GroupMembers, () => GetGroups().SelectMany(group => new[]
        {
            Labeled(group.Configured, group.Name, "configured"), Labeled(group.Published, group.Name, "published"),
            Labeled(group.Listed, group.Name, "list"),
        }));
        Metrics.Observe(MetricCatalog.SetEntries, () => GetRuleSets().Select(set => Labeled(set.Domains + set.Networks + set.Keywords, set.Name)));
        Metrics.Observe(MetricCatalog.SetsFailing, () => GetRuleSets().Select(set => Labeled(set.Problem is null ? 0 : 1, set.Name)));
        Metrics.Observe(MetricCatalog.BackEndUp, () => BackEnds().Select(asks => Labeled(asks.Asks.Health.Outage is null ? 1 : 0, asks.Config.Name)));
        Metrics.Observe(MetricCatalog.FleetStoreUp, () => _fleet.Status is { } fleet ? fleet.Reachable ? 1 : 0 : null);
        Metrics.Observe(MetricCatalog.FleetStoreLag, () => _fleet.Status?.Lag?.TotalSeconds);
        Metrics.Observe(MetricCatalog.FleetRecordsDropped, () => _config.Fleet?.Records == true ? _unshared.Count : null);
        ObserveExits();
        ObserveLimits();
    }

    private void ObserveExits()
    {
        Metrics.Observe(MetricCatalog.ExitUp, () => StatesInForce().Select(state => Labeled(IsUp(state) ? 1 : 0, state.Name)));
        Metrics.Observe(MetricCatalog.ExitEnabled, () => StatesInForce().Select(state => Labeled(state.Disabled ? 0 : 1, state.Name)));
        Metrics.Observe(MetricCatalog.ExitSessionsLive, () => StatesInForce().Where(state => !IsGroup(state))
            .Select(state => Labeled(state.Sessions, state.Name))
            .Concat(_exitStates.Members.All.GroupBy(state => state.Account.Name, StringComparer.Ordinal)
                .Select(group => Labeled(group.Sum(state => state.Sessions), group.Key))));
        Metrics.Observe(MetricCatalog.PortsFree, () => FreePorts.Of(_exitStates.All, DirectExits()).Select(free => Labeled(free.Value.Count, free.Key)));
        Metrics.Observe(MetricCatalog.Carriers, () =>
            from exit in _config.Exits
            let count = CarriersOf(exit.Name)
            where count is not null
            select Labeled(count.Value, exit.Name));
    }

    private void ObserveLimits()
    {
        Metrics.Observe(MetricCatalog.CarrierMemory, () => _carriedWatch.Status.Used);
        Metrics.Observe(MetricCatalog.CarrierMemoryLimit, () => _carriedWatch.Status.Limit);
        Metrics.Observe(MetricCatalog.CarrierStalls, () => _carriedWatch.Status.Stalls);
        Metrics.Observe(MetricCatalog.Descriptors, () => _descriptors.Status?.Used);
        Metrics.Observe(MetricCatalog.DescriptorLimit, () => _descriptors.Status?.Limit);
        Metrics.Observe(MetricCatalog.CertificateLeft, () => _listeners.Where(listener => listener.Runtime.Tls is not null)
            .GroupBy(listener => listener.Runtime.Config.Name, StringComparer.Ordinal)
            .Select(inbound => Labeled((inbound.Min(listener => listener.Runtime.Tls!.NotAfter) - _options.Time.GetUtcNow()).TotalSeconds, inbound.Key)));
        Metrics.Observe(MetricCatalog.ExitQuota, ReadExitQuotas);
        Metrics.Observe(MetricCatalog.QuotaUsers, ReadQuotas);
        Metrics.Observe(MetricCatalog.UserIo, () => OfUsers(user => [(user.BytesUp, "up"), (user.BytesDown, "down")]));
        Metrics.Observe(MetricCatalog.UserSessions, () => OfUsers(user => [(user.Sessions, null)]));
        // The sum of many quotas would say nothing.
        Metrics.Observe(MetricCatalog.UserQuota, () => OfUsers(user => user.Quota is { } quota ? [((user.UsedThisMonth ?? 0) / (double)quota, null)] : [])
            .Where(value => value.Labels[0] != UserLabels.Other));
    }

    // At the end of each session, on the thread that ended it.
    private void Measure(Session session) =>
        Metrics.SessionEnded(session.Request.Inbound, session.Account, session.Outcome, session.Duration);

    private IEnumerable<(double, string?[])> ReadTraffic() =>
        from inbound in _sessions.GetTraffic()
        from exit in inbound.Bytes
        from value in new[] { Labeled(exit.Value.Up, inbound.Inbound, exit.Key.Name, "up"), Labeled(exit.Value.Down, inbound.Inbound, exit.Key.Name, "down") }
        select value;

    private IEnumerable<(double, string?[])> ReadExitQuotas() =>
        from exit in _config.Exits.DistinctBy(exit => AddressPools.PoolOf(exit.Name), StringComparer.Ordinal)
        let quota = exit.Limits?.Quota
        where quota is not null
        let name = AddressPools.PoolOf(exit.Name)
        select Labeled(_usage.UsedThisMonthBy(name) / (double)quota.Value, name);

    private IEnumerable<(double, string?[])> ReadQuotas()
    {
        double[] used = [.. GetUsers().Where(user => user.Quota is not null).Select(user => (user.UsedThisMonth ?? 0) / (double)user.Quota!.Value)];
        if (used.Length == 0) return [];
        int over = used.Count(part => part >= 1), near = used.Count(part => part is >= NearQuota and < 1);
        return [Labeled(used.Length - near - over, "ok"), Labeled(near, "near"), Labeled(over, "over")];
    }

    private IEnumerable<(double Value, string?[] Labels)> OfUsers(Func<UserStatus, IEnumerable<(double Value, string? Label)>> read)
    {
        MetricsConfig config = _config.Metrics;
        if (!config.PerUser) return [];
        // Those that do most first, where there are more than places.
        return GetUsers().OrderByDescending(user => user.BytesUp + user.BytesDown)
            .SelectMany(user => read(user).Select(found => (found.Value, User: _userLabels.Of(user.Name, config.MaxUsers), found.Label)))
            .Select(found => Labeled(found.Value, found.User, found.Label));
    }

    private IEnumerable<ExitState> StatesInForce()
    {
        GatewayConfig config = _config;
        return [.. new[] { DirectExit.ExitName, BlockExit.ExitName }.Concat(config.Exits.Select(exit => exit.Name))
            .Concat(config.Groups.Select(group => group.Name)).Select(_exitStates.Own)];
    }

    private bool IsGroup(ExitState state) => _exits?.TryGet(state.Name, out IExit? exit) == true && exit.Group is not null;

    private bool IsUp(ExitState state) => HealthOf(state.Name, state).State != ExitHealthState.Down && state.Refusal is null && state.Limit?.Reached is null
        && (CarriersOf(state.Name) is not { } carriers || state.Carriers.GetStatus(carriers).LostSince is null);

    private int? CarriersOf(string name) => _exits?.TryGet(name, out IExit? exit) == true && exit is IRetirable retirable ? retirable.ConnectionCount : null;

    private IEnumerable<string> DirectExits() => [DirectExit.ExitName, .. _config.Exits.OfType<DirectExitConfig>().Select(exit => exit.Name)];

    private static (double Value, string?[] Labels) Labeled(double value, params string?[] labels) => (value, labels);

    // By the OTLP of the host; a collector that is away is told as a store that cannot be written is.
    private void UsePush(OtlpConfig? settings) => _options.MetricPush?.Use(settings, problem =>
    {
        const string Collector = "metrics (OTLP)";
        if (problem is null) Stores.Written(Collector);
        else Stores.Failed(Collector, "MX1082", $"metrics are not pushed: {problem}");
    });
}
