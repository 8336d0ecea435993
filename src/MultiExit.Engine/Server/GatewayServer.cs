using System.Runtime.CompilerServices;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Events;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Files;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Health;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Members;
using MultiExit.Engine.Metrics;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Records;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Snat;
using MultiExit.Engine.Sources;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>A running server. Thread-safe.</summary>
public sealed partial class GatewayServer : IAsyncDisposable, ISessionRecorder
{
    private readonly GatewayOptions _options;
    private readonly ITransport _transport;
    private readonly MemoryLog _memory = new();
    private readonly EventHub _events;
    private readonly EventSink _eventSink;
    private readonly EngineLog _log;
    private readonly SessionTable _sessions;
    private readonly ConnectionTable _connections;
    private readonly ServerCounters _counters = new();
    private readonly UsageLedger _usage;
    private readonly LimitTable _limits;
    private readonly ExitLimits _exitLimits;
    private readonly LoginGuard _logins;
    private readonly InboundStates _inboundStates;
    private readonly ListenerParts _listenerParts;
    private readonly List<InboundListener> _closing = []; // under the configuration lock: their last clients still use them
    private readonly List<IInbound> _leaving = [];
    private readonly ExitStates _exitStates;
    private readonly GroupStates _groupStates;
    private readonly DateTimeOffset _started;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SweepTimer _sweeper;
    private readonly ResolverSet _resolvers;
    private readonly StickyKeeper _keeper;
    private readonly FileClaims _claims;
    private readonly RecordKeeper _records;
    private readonly SourceTable<RuleSet, RuleSetContent> _sets;
    private readonly FleetKeeper _fleet;
    private readonly RecordLosses _unshared;
    private readonly ExitLeases _leases;
    private readonly CertificateWatch _certificates;
    private readonly BackEndSet _backEnds;
    private readonly DescriptorWatch _descriptors;
    private readonly ServerMemory _carried = new(ServerMemory.Default);
    private readonly MemoryWatch _carriedWatch;
    private volatile IReadOnlyList<InboundListener> _listeners = [];
    private volatile GatewayConfig _config;
    private volatile ExitSet? _exits;
    private volatile INameResolver _setResolver;
    private volatile IReadOnlyList<SnatGuard> _snatGuards = [];
    private HealthMonitor? _health;
    private volatile ServerState _state;
    private volatile StrongBox<DateTimeOffset>? _drainUntil;

    private GatewayServer(GatewayConfig config, GatewayOptions options)
    {
        _asked = _config = config;
        _options = options;
        _isHeld = options.Passed is not null;
        _claims = new FileClaims { Passed = path => options.Passed?.Take(TakeoverOffer.OfFile(path)) };
        _events = new EventHub(options.Time);
        _eventSink = new EventSink(_events);
        _log = new EngineLog(LogFactory.Create(config.Logging, options.LogToConsole, _memory, _eventSink), options.Time);
        if (options.ServiceSockets is { } given) given.NotKept = _log.SocketsNotKept;
        _transport = Transports.Create(options.Transport);
        _resolvers = new ResolverSet(_transport, options.Time);
        _started = options.Time.GetUtcNow();
        Metrics = new ServerMetrics(config.Name, EngineVersion.Text, exception => _log.Unexpected("reading the metrics", exception));
        _exitStates = new ExitStates(options.Time, LogHealth, LogCarriers)
        {
            Dialed = (exit, took, failure) => Metrics.Dialed(exit, DialOutcome.Of(failure), took),
        };
        _groupStates = new GroupStates(options.Time);
        PasswordVerifier passwords = new(options.Time);
        _inboundStates = new InboundStates(options.Time, passwords);
        _backEnds = new BackEndSet(new BackEndParts(ConnectForBackEndAsync, passwords, options.Time)
        {
            Log = _log, Asked = (auth, verdict, took) => Metrics.BackEndAsked(auth.Name, verdict, took), Check = ProblemOf, TakenBack = CutCredential,
        });
        _usage = new UsageLedger(options.Time);
        _reports = new ReportCounts(options.Time);
        _limits = new LimitTable(options.Time, _usage, this, _inboundStates.Users.Known);
        _inboundStates.Users.Known.LimitsChanged = _limits.Refresh;
        _logins = new LoginGuard(options.Time, _log, _counters) { IsKnown = name => _inboundStates.Users.Known.Find(name) is not null };
        _exitLimits = new ExitLimits(options.Time, _usage, this);
        _sessions = new SessionTable(options.Time, _limits, this) { Ended = Measure, ExitLimits = _exitLimits };
        _connections = new ConnectionTable(options.Time, this);
        _inboundStates.Users.Known.Present = () => _limits.GetAccounts().Concat(_connections.GetAccounts());
        _listenerParts = new ListenerParts(_transport, _connections, _logins, _inboundStates.Users, _counters, _log, options.Time)
        {
            Passed = options.Passed, Given = options.ServiceSockets,
        };
        Stores = new StoreFaults(_log);
        _certificates = new CertificateWatch(_log, options.Time, _ => CutRevoked());
        _records = new RecordKeeper(_log, Stores, options.Time, _sessions.SampleTraffic);
        _unshared = new RecordLosses(_log);
        _leases = new ExitLeases(options.Time, _log, address => SetupChecks.IsOnHost(address, _transport));
        _fleet = new FleetKeeper(options.FleetStore ?? FleetStores.Open, ShareWithFleet, EngineVersion.Text, _log, options.Time);
        _setResolver = _resolvers.For(new());
        _members = new MemberTable(_exitStates, options.Time);
        _lists = new SourceTable<MemberSource, IReadOnlyList<MemberEntry>>(ConnectForSourceAsync, ReportsOfLists(), _log, Stores, options.Time);
        _sets = new SourceTable<RuleSet, RuleSetContent>(ConnectForSourceAsync, ReportsOfSets(), _log, Stores, options.Time);
        SessionOutcomes.Load();
        TlsServer.LoadAssembly();
        _descriptors = new DescriptorWatch(DescriptorAccount.Process, _log, options.Time);
        _carriedWatch = new MemoryWatch(_carried, _log, options.Time);
        _keeper = new StickyKeeper(options.Time, OnBindingsSaved);
        _snatComparison = new CoalescedWork(CompareSnatAsync);
        ThreadBudget.Apply();
        ObserveMetrics();
        _sweeper = new SweepTimer(Sweep, options.Time);
    }

    /// <summary>The configuration in force.</summary>
    public GatewayConfig Config => _asked;

    internal EngineLog Log => _log;

    /// <summary>Failed logins, at inbounds and the dashboard.</summary>
    internal LoginGuard Logins => _logins;

    /// <summary>What happens, for those who listen.</summary>
    internal EventHub Events => _events;

    /// <summary>The stores that cannot be written now.</summary>
    internal StoreFaults Stores { get; }

    /// <summary>Ends when the server has stopped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Binds all listeners and serves. Either everything listens when it returns, or nothing.</summary>
    /// <exception cref="ProxyException">A listener, a certificate, a log file or the configuration is at fault.</exception>
    public static async Task<GatewayServer> StartAsync(
        GatewayConfig config, GatewayOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        CheckValues(config);
        cancellationToken.ThrowIfCancellationRequested();
        GatewayServer server = new(config, options ?? new GatewayOptions());
        try
        {
            server._log.Started(config.Name, EngineVersion.Text);
            server._setResolver = server._resolvers.For(config.Dns);
            config = server.Expanded(config);
            server.Apply(config, await server.PrepareAsync(config, cancellationToken).ConfigureAwait(false));
            await server.CheckSnatAsync(config, cancellationToken).ConfigureAwait(false);
            await server.CheckRedirectAsync(config, cancellationToken).ConfigureAwait(false);
            server._exits!.Open();
            return server;
        }
        catch
        {
            server._state = ServerState.Stopped;
            server.CloseListeners();
            // Clients may have come in already.
            await server.AbortAllAsync().ConfigureAwait(false);
            try
            {
                await server.ReleaseAsync().ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The caller has to know why it does not start.
            }
            throw;
        }
    }

    /// <summary>Puts another configuration in force. Listeners that did not change keep their sockets, live sessions their route.
    /// When something of it cannot be bound or read, nothing changes.</summary>
    /// <remarks>A failure is not logged here: the caller knows what the request was, and logs it once.</remarks>
    /// <exception cref="ProxyException">The new configuration cannot be put in force, or the server has stopped.</exception>
    public async Task ReloadAsync(GatewayConfig config, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        CheckValues(config);
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_state != ServerState.Running) throw new ProxyException(ProxyError.ServerState, $"the server {_config.Name} has stopped");
            GatewayConfig asked = config;
            config = Expanded(config);
            ApplyWithLog(config, await PrepareAsync(config, cancellationToken).ConfigureAwait(false));
            _asked = asked;
            _log.Reloaded(config.Name);
            try
            {
                await CheckSnatAsync(config, cancellationToken).ConfigureAwait(false);
                await CheckRedirectAsync(config, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _exits!.Open();
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The state of the server; where its configuration comes from is not known here.</summary>
    public ServerStatus GetStatus() => new(
        _config.Name, _state, _started,
        [.. _listeners.Select(listener => new ListenerStatus(
            listener.Runtime.Config.Name, listener.Runtime.Config.Type, listener.EndPoint, listener.HasTls)
        {
            Network = listener.IsUdp ? "udp" : "tcp",
            FailedLogins = _logins.FailuresAt(listener.Runtime.Config.Name),
            Secrets = listener.Runtime.Inbound.Secrets,
        })],
        _connections.Count + _sessions.Before.Connections, _sessions.Count + _sessions.Before.Live, _sessions.Total,
        _sessions.BytesUp, _sessions.BytesDown, _counters.Rejected, _counters.Failed,
        _counters.RefusedHandshakes, _counters.Faults)
    {
        Warnings = GetWarnings(), FailedLogins = _counters.FailedLogins, DroppedDatagrams = _counters.DroppedDatagrams,
        Descriptors = _descriptors.Status, Memory = _carriedWatch.Status, Reports = _reports.Get(),
        DrainUntil = _drainUntil?.Value, Version = EngineVersion.Text, Fleet = _fleet.Status is { } fleet ? fleet with { Rollout = Rollouts.Status } : null,
    };

    /// <summary>The live sessions, oldest first.</summary>
    public IReadOnlyList<SessionRecord> GetSessions() =>
        [.. _sessions.Live.OrderBy(session => session.Id).Select(session => session.ToRecord(ended: false))];

    /// <summary>The newest messages of the log, oldest first: up to 200 of each id, since the server's start, whether there is a file or
    /// not. Messages that <c>logging.level</c> leaves out are not among them.</summary>
    /// <param name="query">Selects some of them.</param>
    public IReadOnlyList<LogEntry> GetLog(LogQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _memory.Read(query);
    }

    /// <summary>Opens the log files by their names again: a renamed or deleted file is not written to any more.</summary>
    public void ReopenLogs() => _log.Reopen();

    /// <summary>Ends a session at once.</summary>
    /// <param name="id">Its number, of <see cref="GetSessions"/>.</param>
    /// <returns>False when there is none with that number.</returns>
    public bool StopSession(long id) => _sessions.Abort(id, SessionOutcome.Stopped);

    /// <summary>Stops without draining.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    private void OnBindingsSaved(string path, string? problem)
    {
        if (problem is null) Stores.Written(path);
        else Stores.Failed(path, "MX1020", $"the state file {path} cannot be written; bindings since then would be lost by a restart: {problem}");
    }

    // A document has been checked where it was read; a configuration made in code has not.
    private static void CheckValues(GatewayConfig config)
    {
        if (config.FindProblems() is [string first, ..]) throw new ProxyException(ProxyError.InvalidConfiguration, first);
    }
}
