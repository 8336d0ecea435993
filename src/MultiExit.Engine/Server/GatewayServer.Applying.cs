using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Files;
using MultiExit.Engine.Health;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Members;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Records;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Routing.Conditions;
using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <content>Putting a configuration in force: everything is built and bound beside the old, then swapped.</content>
public sealed partial class GatewayServer
{
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(1);

    // The log is moved only with the rest.
    private void ApplyWithLog(GatewayConfig config, PreparedSources sources)
    {
        LoggerPair? logs = config.Logging == _config.Logging ? null : LogFactory.Create(config.Logging, _options.LogToConsole, _memory, _eventSink);
        try
        {
            Apply(config, sources);
        }
        catch
        {
            logs?.Dispose();
            throw;
        }
        if (logs is not null) _log.Replace(logs);
    }

    private async Task<PreparedSources> PrepareAsync(GatewayConfig config, CancellationToken cancellationToken) => new(
        await _sets.PrepareAsync(RuleSet.Of(config), cancellationToken).ConfigureAwait(false),
        await _lists.PrepareAsync(MemberSource.Of(config), cancellationToken).ConfigureAwait(false));

    // Members that come or go meanwhile wait for it.
    private void Apply(GatewayConfig config, PreparedSources sources)
    {
        lock (_members.Sync) ApplyAlone(config, sources);
    }

    private void ApplyAlone(GatewayConfig config, PreparedSources sources)
    {
        INameResolver resolver = _resolvers.For(config.Dns);
        ExitSet? exits = null;
        List<InboundRuntime> runtimes = [];
        List<InboundListener> opened = [];
        (string Path, string What)[] files = [.. FilesOf(config)];
        RecordKeeper.Prepare(config.Records);
        // Before anything is read of them: another server may still write what this one would not see.
        IReadOnlyList<FileClaim> claims = _claims.Take(files);
        CheckedRecord<UsageFile> usage;
        IReadOnlyDictionary<string, UserDirectory> users;
        IReadOnlyDictionary<AuthConfig, IUserSource>? backEnds = null;
        GeoDatabases geo;
        MemberChange? members = null;
        try
        {
            exits = ExitFactory.Build(config, _transport, resolver, _options.Time, _exitStates, _options.System, _log, groups: _groupStates,
                protocols: _options.Protocols, memory: _carried, leases: _leases);
            members = _members.Prepare(config, exits, sources.Lists);
            usage = LoadUsage(config.Limits.UsageFile);
            geo = GeoDatabases.Open(config.GeoIp, _geo);
            backEnds = _backEnds.Build(config);
            users = _inboundStates.Users.Build(config, backEnds);
            BuildInbounds(config, exits, resolver, new ConditionParts(_options.Time) { Sets = sources.Sets, Geo = geo }, runtimes);
            OpenListeners(runtimes, opened);
        }
        catch
        {
            foreach (InboundListener listener in opened) listener.GiveUp();
            foreach (InboundRuntime runtime in runtimes) runtime.Inbound.Drain();
            if (members is not null) _members.Drop(members);
            exits?.Retire();
            if (backEnds is not null) _backEnds.GiveUp(backEnds);
            foreach (FileClaim claim in claims) claim.Dispose();
            throw;
        }
        WatchSnat(exits.Snat);
        LookForAddresses(config);
        _leases.Use(config, _exitStates);
        ExitSet? retired = _exits;
        _exits = exits;
        _members.Use(members);
        // Before anything else of it: whoever is no longer a user logs in nowhere from here on.
        _inboundStates.Users.Use(users);
        _backEnds.Use(backEnds);
        Swap(config, runtimes, opened);
        _options.ServiceSockets?.Keep([.. _listeners.Select(listener => (listener.Purpose, listener.Handle))]);
        retired?.Retire();
        _setResolver = resolver;
        _sets.Use(sources.Sets);
        UseLists(sources.Lists);
        _geo = geo;
        CutRevoked();
        UseReports(config);
        TlsServer[] servers = [.. runtimes.Select(runtime => runtime.Tls).OfType<TlsServer>()];
        _certificates.Use([.. servers, .. servers.Select(server => server.Clients).OfType<ClientTrust>(), .. exits.Tls, .. _backEnds.Files]);
        _ = _health?.DisposeAsync().AsTask();
        _health = new HealthMonitor(exits, exits.HealthChecks, _options.Time);
        // The process before writes them until it lets go.
        if (_isHeld) _readUsage = usage.Value;
        else KeepFiles(config, usage.Value);
        _claims.Keep(claims, files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal));
        _sessions.Keys.IsPlain = config.Records?.PlainSessionKeys == true;
        WarnOf(config);
        LogDropped(members);
        Notify(config, starts: retired is null);
        UsePush(config.Metrics.Otlp);
        if (usage.State == CheckedState.FromCopy) Warn(Warnings.StoreDamaged(config.Limits.UsageFile!));
    }

    // Files that are no longer used are written before another server may have them.
    private void KeepFiles(GatewayConfig config, UsageFile? usage)
    {
        KeepUsage(config.Limits.UsageFile, usage);
        KeepBindings(config);
        _records.Use(config.Records);
        _fleet.Use(config.Fleet);
    }

    // The listeners that a configuration needs and that do not exist yet; a port of datagrams that earlier clients still use is taken back.
    private void OpenListeners(List<InboundRuntime> runtimes, List<InboundListener> opened)
    {
        ClaimSockets(runtimes);
        HashSet<ListenerKey> present = [.. _listeners.Select(KeyOf)];
        foreach (InboundRuntime runtime in runtimes)
        {
            foreach (ListenPort port in runtime.Ports.Where(port => !present.Contains(KeyOf(runtime, port))))
            {
                InboundListener? closing = _closing.Find(listener => KeyOf(listener) == KeyOf(runtime, port));
                opened.Add(closing?.TryReopen() == true ? closing : Open(port, runtime));
            }
        }
    }

    // Before the first is bound.
    private void ClaimSockets(List<InboundRuntime> runtimes)
    {
        if (_options.ServiceSockets is not { } given) return;
        SocketWish[] wishes = [.. runtimes.SelectMany(runtime => runtime.Ports.Select(port => InboundListener.WishOf(port, runtime)))];
        foreach (System.Net.IPEndPoint unused in given.Claim(wishes)) _log.SocketUnused(unused);
    }

    // One address for all of them on the same port, or all for one, is bound beside the listener that is about to go.
    private InboundListener Open(ListenPort port, InboundRuntime runtime)
    {
        InboundListener[] present = [.. _listeners.Concat(_closing.Where(listener => !listener.IsClosed)).Where(listener => listener.Overlaps(port))];
        if (present.Length == 0) return InboundListener.Bind(port, runtime, _listenerParts);
        try
        {
            return InboundListener.BindBeside(port, runtime, _listenerParts, present);
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.AddressInUse)
        {
            throw new ProxyException(ProxyError.AddressInUse,
                $"cannot listen on {port.EndPoint} while this server listens on {present[0].EndPoint} (inbound {present[0].Runtime.Config.Name}): "
                + "this system does not let one take over from the other; stop and start the server, or choose another port", exception);
        }
    }

    // Nothing from here on can fail.
    private void Swap(GatewayConfig config, List<InboundRuntime> runtimes, List<InboundListener> opened)
    {
        Dictionary<ListenerKey, InboundListener> kept = _listeners.ToDictionary(KeyOf);
        Dictionary<ListenerKey, InboundListener> added = opened.ToDictionary(KeyOf);
        HashSet<IInbound> left = [];
        List<InboundListener> inForce = [];
        foreach ((InboundRuntime runtime, ListenPort port) in runtimes.SelectMany(runtime => runtime.Ports.Select(port => (runtime, port))))
        {
            bool isKept = kept.Remove(KeyOf(runtime, port), out InboundListener? listener);
            listener ??= added[KeyOf(runtime, port)];
            inForce.Add(listener);
            IInbound replaced = listener.Runtime.Inbound;
            listener.Serve(runtime);
            // An inbound with two ports leaves once.
            if (!isKept || !left.Add(replaced)) continue;
            replaced.ReplacedBy(SuccessorOf(runtime));
            Leave(replaced);
        }
        _config = config;
        _userNames = UserDirectories.NamesIn(config);
        _carried.Total = config.Limits.Memory ?? ServerMemory.Default;
        _limits.Apply(config.Limits);
        _exitLimits.Apply(config, _exitStates);
        _logins.Apply(config.Limits.Lockout,
            [.. _userNames, .. config.Dashboard?.Users.Select(user => user.Name) ?? []]);
        _listeners = inForce;
        _inboundStates.Secrets.Keep(config.Inbounds);
        _inboundStates.Shadowsocks.Keep(config.Inbounds);
        foreach (InboundListener removed in kept.Values)
        {
            InboundListener[] heirs = [.. inForce.Where(listener => removed.Overlaps(listener.Port))];
            if (heirs.Length > 0) removed.HandOver(heirs);
            else removed.Dispose();
            if (left.Add(removed.Runtime.Inbound))
            {
                // Of the same name on another port, or else on the same port of other addresses.
                InboundRuntime? moved = runtimes.Find(runtime => runtime.Config.Name == removed.Runtime.Config.Name)
                    ?? (heirs is [InboundListener heir] ? heir.Runtime : null);
                if (moved is not null) removed.Runtime.Inbound.ReplacedBy(SuccessorOf(moved));
                Leave(removed.Runtime.Inbound);
            }
            _log.ListenerClosed(removed.Runtime.Config.Name, removed.EndPoint);
        }
        _inboundStates.Opening.Begin();
        foreach (InboundListener listener in opened)
        {
            listener.IsPaused = _isHeld;
            if (!_closing.Remove(listener)) _ = listener.RunAsync();
            InboundConfig inbound = listener.Runtime.Config;
            _log.Listening(inbound.Name, listener.IsUdp ? $"{inbound.Type}, UDP" : inbound.Type, listener.EndPoint, listener.HasTls);
        }
        _closing.RemoveAll(listener => listener.IsClosed);
        _closing.AddRange(kept.Values.Where(listener => !listener.IsClosed));
        TimeSpan shortest = config.Limits.HandshakeTimeout < config.Limits.IdleTimeout ? config.Limits.HandshakeTimeout : config.Limits.IdleTimeout;
        TimeSpan period = shortest / 4 < LongestSweep ? shortest / 4 : LongestSweep;
        _sweeper.Every(period);
    }

    private void BuildInbounds(
        GatewayConfig config, ExitSet exits, INameResolver resolver, ConditionParts conditions, List<InboundRuntime> runtimes)
    {
        Router router = new(config, exits, resolver, _options.Time, conditions, this);
        Dispatcher dispatcher = new(_sessions, router, exits.Get(DirectExit.ExitName), _log, _counters, _options.Time, _exitStates, _limits, _carried,
            config.Limits.SniffTimeout);
        InboundParts parts = new(config.Limits, _transport, _options.Time, _log, _counters, _carried, _inboundStates, _stopping.Token);
        foreach (InboundConfig inboundConfig in config.Inbounds)
        {
            TlsServer? tls = BuildTls(inboundConfig);
            IInbound inbound = _options.Protocols.Create(inboundConfig, parts);
            runtimes.Add(new InboundRuntime(inboundConfig, inbound, inbound.Listen(inboundConfig.Listen), tls, dispatcher, config.Limits));
        }
    }

    private TlsServer? BuildTls(InboundConfig inbound)
    {
        if (inbound.Tls is null) return null;
        return new TlsServer(inbound.Tls, _options.Time, inbound.OnlyTls13, inbound.LooksLikeWebServer);
    }

    private void KeepBindings(GatewayConfig config)
    {
        foreach (GroupConfig group in config.Groups) _groupStates.Get(group.Name).Bindings.Lifetime = group.Lifetime;
        GroupState[] kept = [.. config.Groups.Where(group => group.StateFile is not null).Select(group => _groupStates.Get(group.Name))];
        foreach (string gone in _keeper.Use([.. kept.Select(group => group.UseFile()!)])) Stores.Forget(gone);
        foreach (GroupState group in _groupStates.All.Except(kept)) group.LeaveFile();
    }

    // The files that no other server may write.
    private static IEnumerable<(string Path, string What)> FilesOf(GatewayConfig config)
    {
        if (config.Limits.UsageFile is { } usage) yield return (usage, "limits.usage_file");
        if (config.Records is { } records) yield return (records.Path, "records.path");
        foreach (GroupConfig group in config.Groups)
            if (group.StateFile is { } state) yield return (state, $"group {group.Name}: state");
    }

    private static InboundSuccessor SuccessorOf(InboundRuntime runtime) =>
        new(runtime.Inbound, runtime.Dispatcher, runtime.Config.Name, runtime.Config.AllowsPrivateDestinations);

    private static ListenerKey KeyOf(InboundListener listener) => KeyOf(listener.Runtime, listener.Port);

    // A listener on port 0 gets a port of its own, so its inbound's name is part of its identity.
    private static ListenerKey KeyOf(InboundRuntime runtime, ListenPort port) => new(port, port.EndPoint.Port == 0 ? runtime.Config.Name : null);

    // What comes from files and URLs.
    private sealed record PreparedSources(IReadOnlyDictionary<string, RuleSet> Sets, IReadOnlyDictionary<string, MemberSource> Lists);

    private readonly record struct ListenerKey(ListenPort Port, string? Name);
}
