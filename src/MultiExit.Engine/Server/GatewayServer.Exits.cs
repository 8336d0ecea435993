using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Health;
using MultiExit.Engine.Members;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>Exits at run time.</content>
public sealed partial class GatewayServer
{
    /// <summary>The exits and groups in force: <c>direct</c> and <c>block</c>, then those of the configuration in its order.</summary>
    public IReadOnlyList<ExitStatus> GetExits()
    {
        GatewayConfig config = _config;
        Dictionary<ExitState, (long Up, long Down)> bytes = _sessions.GetBytesOf(_exitStates.All);
        IReadOnlyDictionary<string, FreePorts> free = FreePorts.Of(
            _exitStates.All, [DirectExit.ExitName, .. config.Exits.OfType<DirectExitConfig>().Select(exit => exit.Name)]);
        return
        [
            StatusOf(DirectExit.ExitName, DirectExit.ExitName, [], null, bytes, free),
            StatusOf(BlockExit.ExitName, BlockExit.ExitName, [], null, bytes, free),
            .. config.Exits.Select(exit => StatusOf(exit.Name, exit.Type, [], exit, bytes, free)),
            .. config.Groups.Select(group => StatusOf(group.Name, group.Pool is null ? "group" : "pool", group.Exits, group.Pool, bytes, free)),
        ];
    }

    /// <summary>Takes an exit or group out of use, or puts it back. It stays so across reloads, until the server ends.</summary>
    /// <param name="name">The exit or group.</param>
    /// <param name="enabled">Whether new connections may go to it. Groups pass over a disabled member; a rule that leads to a
    /// disabled exit fails. Proxies reached through it (<c>via</c>) still are.</param>
    /// <param name="cutSessions">When disabling: whether its live sessions end. For a group these are the sessions that
    /// rules sent to it.</param>
    /// <returns>How many sessions were cut.</returns>
    /// <exception cref="ProxyException">There is no exit or group of that name.</exception>
    public int SetExitEnabled(string name, bool enabled, bool cutSessions = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        ExitState state = StateOf(name);
        state.Enable(enabled, cutSessions);
        if (state.Lease is not null) _leases.Wake();
        if (enabled || !cutSessions) return 0;
        int cut = 0;
        foreach (Session session in _sessions.Live)
        {
            // Of a pool, also the sessions that came to its addresses by another group.
            if (!session.Uses(state)) continue;
            session.Abort(SessionOutcome.ExitDisabled);
            cut++;
        }
        return cut;
    }

    /// <summary>Gives an exit or group another share in groups with the strategy <c>weighted</c>, where no document has a place for it. The share
    /// holds, across reloads too, until a reload brings another configured weight for it, or the server ends.</summary>
    /// <param name="name">The exit or group.</param>
    /// <param name="weight">The share, 1 to 1000.</param>
    /// <exception cref="ProxyException">There is no exit or group of that name.</exception>
    internal void SetExitWeight(string name, int weight)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, ExitConfig.MinWeight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, ExitConfig.MaxWeight);
        StateOf(name).ChangeWeight(ConfiguredWeight(name), weight);
    }

    internal void ForgetExitWeights(GatewayConfig config)
    {
        foreach (ExitConfig exit in config.Exits) _exitStates.Own(exit.Name).ForgetWeight();
    }

    /// <summary>Probes an exit or group now, through itself, whether it is up, enabled or neither. This does not change its health.</summary>
    /// <param name="name">The exit or group; a group chooses a member as for a client.</param>
    /// <param name="target"><c>tcp://host:port</c>, <c>http://host:port/path</c> or <c>https://host:port/path</c>; null for that of its health check.</param>
    /// <param name="timeout">How long it may take; null: the time-out of its health check, or otherwise <c>limits.connect_timeout</c>.</param>
    /// <param name="asksAddress">Whether the target, an http or https URL, answers with the address that it was asked from.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    /// <returns>Whether it succeeded, how long it took, what is wrong. A failure is no exception.</returns>
    /// <exception cref="ProxyException">There is no exit or group of that name, no target, or the target cannot be read.</exception>
    public async Task<ExitProbe> ProbeExitAsync(
        string name, string? target = null, TimeSpan? timeout = null, bool asksAddress = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        LiveMember? member = null;
        if (_exits is not { } exits || !exits.TryGet(name, out IExit? exit))
        {
            member = _members.Find(name) ?? throw Unknown(name);
            (exits, exit) = (_exits!, member.Exit);
        }
        GatewayConfig config = _config;
        HealthConfig? check = member?.Group.Check ?? exits.HealthChecks.GetValueOrDefault(name)
            ?? config.Groups.FirstOrDefault(group => group.Name == name)?.Health;
        HealthTarget asked = target is not null ? HealthTarget.Parse(target) : check?.Target ?? throw new ProxyException(
            ProxyError.InvalidConfiguration, $"{name} has no health target; say what to probe, such as tcp://1.1.1.1:443");
        if (asksAddress && asked.Path is null)
            throw new ProxyException(ProxyError.InvalidConfiguration, $"{asked} says no address; expected an http or https URL of a service that does");
        TimeSpan patience = timeout ?? (target is null ? check!.Timeout : config.Limits.ConnectTimeout);
        return await Probe.RunAsync(exit, asked, patience, _options.Time, cancellationToken, asksAddress).ConfigureAwait(false);
    }

    // Sessions that began after an exit went down are trials, or there was no other. A dial may have been under way when it did, so that this is looked
    // at again at each sweep.
    private void CutThoseOfDownExits()
    {
        foreach (ExitConfig exit in _config.Exits.Where(exit => exit.OnDown == OnDown.Cut))
        {
            ExitState state = _exitStates.Get(exit.Name);
            if (state.Health.Status is not { State: ExitHealthState.Down, Since: { } since }) continue;
            int cut = 0;
            foreach (Session session in _sessions.Live)
            {
                if (session.Started > since || session.AbortReason is not null || !session.Uses(state)) continue;
                session.Abort(SessionOutcome.ExitDown);
                cut++;
            }
            if (cut > 0) _log.ExitDownCut(exit.Name, cut);
        }
    }

    private ExitLimitStatus LimitsOf(string name, ScopeLimits limits) => new(
        limits.Connections, limits.Bandwidth, limits.Quota, limits.Quota is null ? null : _usage.UsedThisMonthBy(AddressPools.PoolOf(name)), limits.IsShadow,
        _exitLimits.Find(name)?.Reached);

    private ExitHealthStatus HealthOf(string name, ExitState state) =>
        (_exits?.TryGet(name, out IExit? exit) == true ? exit.Group?.Health : null) ?? state.Health.Status;

    private static ProxyException Unknown(string name) =>
        new(ProxyError.InvalidConfiguration, $"there is no exit or group named {name}");

    private ExitState StateOf(string name) => _exits?.TryGet(name, out _) == true
        ? _exitStates.Own(name)
        : _members.Find(name)?.State ?? throw Unknown(name);

    private int ConfiguredWeight(string name) => _members.Find(name)?.Entry.Exit.Weight ?? _config.WeightOf(name);

    private ExitStatus StatusOf(
        string name, string type, IReadOnlyList<string> members, ExitConfig? config, Dictionary<ExitState, (long Up, long Down)> bytes,
        IReadOnlyDictionary<string, FreePorts> free)
    {
        ExitState state = _exitStates.Own(name);
        return StatusOf(state, type, members, ConfiguredWeight(name), HealthOf(name, state), bytes, free.GetValueOrDefault(name)) with
        {
            User = (config as TunnelExitConfig)?.User,
            Country = config?.Country,
            Lease = state.Lease?.Status,
            Limits = config?.Limits is { } limits ? LimitsOf(name, limits) : null,
            Loss = Math.Round(state.Loss.Share, 4),
            Latency95 = state.Times.Percentile95,
            Carriers = _exits?.TryGet(name, out IExit? exit) == true && exit is IRetirable { ConnectionCount: int count }
                ? state.Carriers.GetStatus(count) : null,
        };
    }

    private static ExitStatus StatusOf(
        ExitState state, string type, IReadOnlyList<string> members, int weight, ExitHealthStatus health,
        Dictionary<ExitState, (long Up, long Down)> bytes, FreePorts? free) =>
        new(
            state.Name, type, members, !state.Disabled, state.WeightInForce(weight), health, state.Sessions, state.Dials,
            Enum.GetValues<DialFailure>().Where(failure => state.FailuresOf(failure) > 0)
                .ToDictionary(failure => failure.ToString(), state.FailuresOf, StringComparer.Ordinal),
            double.IsNaN(state.Latency) ? null : TimeSpan.FromMilliseconds(state.Latency),
            state.LastError,
            bytes.GetValueOrDefault(state).Up,
            bytes.GetValueOrDefault(state).Down,
            free?.Destination,
            free?.Count,
            state.Refusal);

    private void LogHealth(string exit, ExitHealthStatus status)
    {
        if (status.State != ExitHealthState.Down)
        {
            _log.ExitUp(exit, status.Reason);
            return;
        }
        _log.ExitDown(exit, status.Reason);
        // The caller holds a lock of the exit.
        ThreadPool.QueueUserWorkItem(static server => server.CutThoseOfDownExits(), this, preferLocal: false);
    }

    private void LogCarriers(string exit, CarrierChange change)
    {
        if (change.Lost is { } reason) _log.CarriersLost(exit, reason);
        else _log.CarriersBack(exit, change.Away);
    }
}
