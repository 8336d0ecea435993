using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Exits.EchTunnel;
using MultiExit.Engine.Exits.Http;
using MultiExit.Engine.Exits.Socks5;
using MultiExit.Engine.Exits.Tunnel;
using MultiExit.Engine.Exits.WebSocket;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Snat;
using MultiExit.Engine.States;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>Builds the exits and groups of a configuration, each after those it refers to.</summary>
internal sealed class ExitFactory
{
    private readonly GatewayConfig _config;
    private readonly ITransport _transport;
    private readonly INameResolver _resolver;
    private readonly TimeProvider _time;
    private readonly ExitStates _states;
    private readonly GroupStates _groups;
    private readonly EngineLog? _log;
    private readonly Action? _authenticated;
    private readonly IReadOnlyList<SnatExit> _snat;
    private readonly SnatGuard? _guard;
    private readonly Dictionary<string, IExit> _built = new(StringComparer.Ordinal);
    private readonly HashSet<string> _building = new(StringComparer.Ordinal);

    private ExitFactory(
        GatewayConfig config, ITransport transport, INameResolver resolver, TimeProvider time, ExitStates states, GroupStates groups, ICommandRunner system, EngineLog? log,
        Action? authenticated)
    {
        _config = config;
        _transport = transport;
        _resolver = resolver;
        _time = time;
        _states = states;
        _groups = groups;
        _log = log;
        _authenticated = authenticated;
        _snat = SnatLayout.Create(config, out IReadOnlyList<string> faults);
        if (config.Snat.Enabled && faults.Count > 0) throw Invalid($"snat: {faults[0]}");
        _guard = SnatGuard.Create(config, _snat, system, time, states);
    }

    /// <summary>Builds them all.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="transport">The sockets.</param>
    /// <param name="resolver">Names.</param>
    /// <param name="time">The clock.</param>
    /// <param name="states">What is known of exits from before; null for nothing.</param>
    /// <param name="system">The system that source NAT is set up on; null for the real one.</param>
    /// <param name="log">The log; null for none.</param>
    /// <param name="authenticated">Called when an exit has done a TLS handshake; null: nobody asks.</param>
    /// <param name="groups">What is known of groups from before; null for nothing.</param>
    /// <exception cref="ProxyException">A name is unknown, taken, or refers back to itself; a CA file cannot be read.</exception>
    public static ExitSet Build(
        GatewayConfig config, ITransport transport, INameResolver resolver, TimeProvider time, ExitStates? states = null, ICommandRunner? system = null,
        EngineLog? log = null, Action? authenticated = null, GroupStates? groups = null)
    {
        ExitFactory factory = new(config, transport, resolver, time, states ?? new ExitStates(), groups ?? new GroupStates(time), system ?? new SystemCommandRunner(), log, authenticated);
        factory.CheckNames();
        factory._built[DirectExit.ExitName] = factory.Direct(new DirectExitConfig { Name = DirectExit.ExitName });
        factory._built[BlockExit.ExitName] = new BlockExit();
        foreach (ExitConfig exit in config.Exits) factory.Get(exit.Name, "exits");
        foreach (GroupConfig group in config.Groups) factory.Get(group.Name, "groups");
        IReadOnlyDictionary<string, HealthConfig> checks = HealthChecks.Of(config, out (string Group, string Message)? conflict);
        if (conflict is { } fault) throw Invalid($"group {fault.Group}: health: {fault.Message}");
        return new ExitSet(factory._built, factory._states, factory._guard, checks);
    }

    private void CheckNames()
    {
        HashSet<string> names = new(StringComparer.Ordinal) { DirectExit.ExitName, BlockExit.ExitName };
        foreach (string name in _config.Exits.Select(exit => exit.Name).Concat(_config.Groups.Select(group => group.Name)))
            if (!names.Add(name)) throw Invalid($"the name {name} is given to more than one exit or group");
    }

    private IExit Get(string name, string referrer)
    {
        if (_built.TryGetValue(name, out IExit? exit)) return exit;
        if (!_building.Add(name)) throw Invalid($"{name} refers back to itself through {referrer}");
        exit = Create(name, referrer);
        _building.Remove(name);
        _built[name] = exit;
        return exit;
    }

    private IExit Create(string name, string referrer)
    {
        if (_config.Groups.FirstOrDefault(candidate => candidate.Name == name) is { } group) return Create(group);
        return _config.Exits.FirstOrDefault(candidate => candidate.Name == name) switch
        {
            DirectExitConfig direct => Direct(direct),
            Socks5ExitConfig socks5 => new Socks5Exit(socks5, Via(socks5), Tls(socks5), _config.Limits.ConnectTimeout, _time),
            HttpExitConfig http => new HttpExit(http, Via(http), Tls(http), _config.Limits.ConnectTimeout, _time),
            WebSocketExitConfig socket => new WebSocketExit(socket, Via(socket), Tls(socket), _config.Limits.ConnectTimeout, _time),
            TunnelExitConfig tunnel => Tunnel(tunnel),
            EchTunnelExitConfig ech => EchTunnel(ech),
            { } other => throw Invalid($"exit {name}: the type {other.Type} is not yet available in this build"),
            null => throw Invalid($"{referrer} refers to {name}, but there is no exit or group of that name"),
        };
    }

    private ExitGroup Create(GroupConfig config)
    {
        if (config.Exits.Count == 0) throw Invalid($"group {config.Name} has no exits");
        Member[] members = [.. config.Exits.Select((name, index) => new Member(Get(name, config.Name), _states.Get(name), index, WeightOf(name)))];
        return new ExitGroup(config.Name, members, StrategyFactory.Create(config, BindingsOf(config)), config.Retries, _time, config.AllDown, PatienceOf(config));
    }

    // As long as the most patient member may take for itself.
    private TimeSpan PatienceOf(GroupConfig group) => group.Exits
        .Select(name => _config.Groups.FirstOrDefault(candidate => candidate.Name == name) is { } inner ? PatienceOf(inner)
            : _config.Exits.FirstOrDefault(candidate => candidate.Name == name)?.DialTimeout ?? _config.Limits.ConnectTimeout)
        .Max();

    // Those from before a reload, or a restart.
    private StickyTable BindingsOf(GroupConfig config)
    {
        GroupState state = _groups.Get(config.Name);
        if (config.StateFile is { } path) state.ReadFile(path, config.Exits.ToHashSet(StringComparer.Ordinal), config.Lifetime);
        return state.Bindings;
    }

    private int WeightOf(string name) => _config.Exits.FirstOrDefault(exit => exit.Name == name)?.Weight ?? ExitConfig.MinWeight;

    private IExit Via(ProxyExitConfig config) => Via(config.Via, config.Name);

    private IExit Via(string? via, string name) => Get(via ?? DirectExit.ExitName, name);

    private TlsClient? Tls(ProxyExitConfig config) => Tls(config.Tls, config.Server);

    private TlsClient? Tls(TlsClientConfig? config, Destination server) => config is null ? null
        : new TlsClient(config, server, EchConfigs(config.Ech, config.ServerName, server)) { Authenticated = _authenticated };

    private IEchConfigSource? EchConfigs(EchClientConfig? ech, string? serverName, Destination server) => ech is null ? null
        : EchConfigSources.Create(ech, _config.Dns, (serverName ?? server.Host).TrimEnd('.'), server.Port, RecordsOf);

    // Never disposed: an idle client closes its connections by itself.
    private DnsCache RecordsOf(DohConfig doh) =>
        _states.RecordsOf(doh, _resolver, () => new DnsCache(new DohClient(doh, _transport, _resolver, _time), _time));

    private TunnelExit Tunnel(TunnelExitConfig config)
    {
        TimeSpan timeout = _config.Limits.ConnectTimeout;
        IEchConfigSource? echConfigs = EchConfigs(config.Ech, config.ServerNames.Count > 0 ? config.ServerNames[0] : null, config.Server);
        return new TunnelExit(config, new TunnelConnector(config, Via(config.Via, config.Name), _config.Limits.SessionMemory, timeout, _time, echConfigs, _authenticated), timeout, _time);
    }

    private EchTunnelExit EchTunnel(EchTunnelExitConfig config)
    {
        TimeSpan timeout = _config.Limits.ConnectTimeout;
        EchTunnelConnector connector = new(
            config, Via(config.Via, config.Name), Tls(config.Tls, config.Server), _config.Limits.SessionMemory, config.Timeout ?? timeout, _time,
            reason => _log?.ExitSessionEnded(config.Name, reason));
        return new EchTunnelExit(config, connector, timeout, _time);
    }

    private DirectExit Direct(DirectExitConfig config)
    {
        if (!_config.Snat.Enabled || _snat.FirstOrDefault(exit => exit.Name == config.Name) is not { } snat) return Direct(config, null);
        // An address of this host is bound as well: the right one even while the set-up is missing. Other exits wait for it.
        return Direct(config with { Mark = snat.Mark }, _guard?.GateOf(config.Name));
    }

    private DirectExit Direct(DirectExitConfig config, SnatGate? gate) =>
        new(config, _transport, _resolver, _config.Dns.Prefer, config.Timeout ?? _config.Limits.ConnectTimeout, _time, gate, _states.Get(config.Name).Ports);

    private static ProxyException Invalid(string message) => new(ProxyError.InvalidConfiguration, message);
}
