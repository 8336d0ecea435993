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
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.Multiplexing;
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
    private readonly ExitStates _states;
    private readonly GroupStates _groups;
    private readonly ProtocolTable _protocols;
    private readonly IReadOnlyList<SnatExit> _snat;
    private readonly SnatGuard? _guard;
    private readonly Dictionary<string, ExitConfig> _exits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IExit> _built = new(StringComparer.Ordinal);
    private List<TlsClient> _tls = [];
    private readonly HashSet<string> _building = new(StringComparer.Ordinal);
    private ExitState? _ofMember;

    private ExitFactory(
        GatewayConfig config, ITransport transport, INameResolver resolver, TimeProvider time, ExitStates states, GroupStates groups,
        ICommandRunner system, EngineLog? log,
        Action? authenticated, ProtocolTable protocols)
    {
        _config = config;
        foreach (ExitConfig exit in config.Exits) _exits.TryAdd(exit.Name, exit);
        _transport = transport;
        Resolver = resolver;
        Time = time;
        _states = states;
        _groups = groups;
        Log = log;
        Authenticated = authenticated;
        _protocols = protocols;
        _snat = SnatLayout.Create(config, out IReadOnlyList<string> faults);
        if (config.Snat.Enabled && faults.Count > 0) throw Invalid($"snat: {faults[0]}");
        _guard = SnatGuard.Create(config, _snat, system, time, states);
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Resolves names.</summary>
    public INameResolver Resolver { get; }

    /// <summary>The log; null for none.</summary>
    public EngineLog? Log { get; }

    /// <summary>Called when an exit has done a TLS handshake; null: it is not reported.</summary>
    public Action? Authenticated { get; }

    /// <summary><c>limits.connectTimeout</c>.</summary>
    public TimeSpan ConnectTimeout => _config.Limits.ConnectTimeout;

    /// <summary><c>limits.session_memory</c>, in bytes.</summary>
    public long SessionMemory => _config.Limits.SessionMemory;

    /// <summary>The memory of all carriers of the server.</summary>
    public ServerMemory? Memory { get; private init; }

    private ExitLeases Leases { get => field ??= new ExitLeases(Time); init; }

    /// <summary>Builds them all.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="transport">The sockets.</param>
    /// <param name="resolver">Resolves names.</param>
    /// <param name="time">The clock.</param>
    /// <param name="states">The states of exits from before; null for none.</param>
    /// <param name="system">The system that source NAT is set up on; null for the real one.</param>
    /// <param name="log">The log; null for none.</param>
    /// <param name="authenticated">Called when an exit has done a TLS handshake; null: it is not reported.</param>
    /// <param name="groups">The states of groups from before; null for none.</param>
    /// <param name="protocols">The protocols that may be used; null for those of this build.</param>
    /// <param name="memory">The memory of all carriers of the server; null: each carrier has only its own bound.</param>
    /// <param name="leases">The leases of addresses; null: there are none, and exits that need one are shut.</param>
    /// <exception cref="ProxyException">A name is unknown, taken, or refers back to itself; a CA file cannot be read.</exception>
    public static ExitSet Build(
        GatewayConfig config, ITransport transport, INameResolver resolver, TimeProvider time, ExitStates? states = null, ICommandRunner? system = null,
        EngineLog? log = null, Action? authenticated = null, GroupStates? groups = null, ProtocolTable? protocols = null,
        ServerMemory? memory = null, ExitLeases? leases = null)
    {
        system ??= new SystemCommandRunner();
        config = AddressPools.Expand(config, system.AddressesOf);
        ExitFactory factory = new(config, transport, resolver, time, states ?? new ExitStates(), groups ?? new GroupStates(time),
            system, log, authenticated,
            protocols ?? ProtocolTable.Product) { Memory = memory, Leases = leases! };
        factory.CheckNames();
        factory._built[DirectExit.ExitName] = factory.Direct(new DirectExitConfig { Name = DirectExit.ExitName });
        factory._built[BlockExit.ExitName] = new BlockExit();
        foreach (ExitConfig exit in config.Exits) factory.Get(exit.Name, "exits");
        foreach (GroupConfig group in config.Groups) factory.Get(group.Name, "groups");
        IReadOnlyDictionary<string, HealthConfig> checks = HealthChecks.Of(config, out (string Group, string Message)? conflict);
        if (conflict is { } fault) throw Invalid($"group {fault.Group}: health: {fault.Message}");
        return new ExitSet(factory._built, factory._states, factory._guard, checks) { Tls = factory._tls, Member = factory.CreateMember };
    }

    // Beside dials and other changes: what the factory has built is only looked at.
    private IExit CreateMember(ExitConfig config, ExitState state)
    {
        ExitFactory own = (ExitFactory)MemberwiseClone();
        (own._ofMember, own._tls) = (state, []);
        return _protocols.Create(config, own);
    }

    private ExitState StateOf(ExitConfig config) => _ofMember ?? _states.Own(config.Name);

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
        if (!_exits.ContainsKey(name) && _config.Groups.FirstOrDefault(candidate => candidate.Name == name) is { } group) return Create(group);
        ExitConfig config = _exits.GetValueOrDefault(name)
            ?? throw Invalid($"{referrer} refers to {name}, but there is no exit or group of that name");
        return _protocols.Create(config, this);
    }

    private ExitGroup Create(GroupConfig config)
    {
        if (config.Exits.Count == 0 && !config.TakesMembers && config.Pool is null) throw Invalid($"group {config.Name} has no exits");
        Member[] members = [.. config.Exits.Select(name => new Member(Get(name, config.Name), _states.Own(name), WeightOf(name)))];
        return new ExitGroup(config.Name, members, StrategyFactory.Create(config, BindingsOf(config)),
            config.Retries, Time, config.AllDown, PatienceOf(config), config.Hedge is { } hedge ? new Hedge(hedge, Time) : null);
    }

    // The time that the most patient member may take for itself.
    private TimeSpan PatienceOf(GroupConfig group) => group.Exits
        .Select(name => !_exits.ContainsKey(name) && _config.Groups.FirstOrDefault(candidate => candidate.Name == name) is { } inner ? PatienceOf(inner)
            : _exits.GetValueOrDefault(name)?.DialTimeout ?? _config.Limits.ConnectTimeout)
        .DefaultIfEmpty(_config.Limits.ConnectTimeout).Max();

    // The bindings from before a reload, or a restart.
    private StickyTable BindingsOf(GroupConfig config)
    {
        GroupState state = _groups.Get(config.Name);
        if (config.StateFile is { } path) state.ReadFile(path, config.Exits.ToHashSet(StringComparer.Ordinal), config.Lifetime, config.TakesMembers);
        return state.Bindings;
    }

    private int WeightOf(string name) => _exits.TryGetValue(name, out ExitConfig? exit) ? exit.Weight : _config.WeightOf(name);

    /// <summary>What is known of the carriers of an exit.</summary>
    public CarrierHealth CarriersOf(ExitConfig config) => StateOf(config).Carriers;

    /// <summary>The exit that leads to the server of another.</summary>
    public IExit Via(ProxyExitConfig config) => Via(config.Via, config.Name);

    /// <summary>The exit that leads to the server of another.</summary>
    /// <param name="via">Its name; null: <c>direct</c>.</param>
    /// <param name="name">The name of the exit that it is for.</param>
    public IExit Via(string? via, string name) => Get(via ?? DirectExit.ExitName, name);

    /// <summary>TLS towards a server; null for none.</summary>
    public TlsClient? Tls(ProxyExitConfig config) => Tls(config.Tls, config.Server);

    /// <summary>TLS towards a server; null for none.</summary>
    public TlsClient? Tls(TlsClientConfig? config, Destination server)
    {
        if (config is null) return null;
        TlsClient tls = new(config, server, EchConfigs(config.Ech, config.ServerName, server)) { Authenticated = Authenticated };
        Watch(tls);
        return tls;
    }

    /// <summary>Has the files of TLS towards a server read again when they change.</summary>
    public void Watch(TlsClient tls) => _tls.Add(tls);

    /// <summary>The source of a server's ECH configs; null without ECH.</summary>
    public IEchConfigSource? EchConfigs(EchClientConfig? ech, string? serverName, Destination server) => ech is null ? null
        : EchConfigSources.Create(ech, _config.Dns, (serverName ?? server.Host).TrimEnd('.'), server.Port, RecordsOf);

    // Never disposed: an idle client closes its connections by itself.
    private DnsCache RecordsOf(DohConfig doh) =>
        _states.RecordsOf(doh, Resolver, () => new DnsCache(new DohClient(doh, _transport, Resolver, Time), Time));

    /// <summary>An exit of this host, after the gate of source NAT where it has one.</summary>
    public DirectExit Direct(DirectExitConfig config)
    {
        if (!_config.Snat.Enabled || _snat.FirstOrDefault(exit => exit.Name == config.Name) is not { } snat) return Direct(config, null);
        // An address of this host is bound as well: it is the right one even while the set-up is missing. Other exits wait for the set-up.
        return Direct(config with { Mark = snat.Mark }, _guard?.GateOf(config.Name));
    }

    private DirectExit Direct(DirectExitConfig config, SnatGate? gate) =>
        new(config, _transport, Resolver, _config.Dns.Prefer, config.Timeout ?? _config.Limits.ConnectTimeout, Time, gate, StateOf(config).Ports,
            config is { Lease: true, Address: { } address } ? Leases.Of(address) : null);

    private static ProxyException Invalid(string message) => new(ProxyError.InvalidConfiguration, message);
}
