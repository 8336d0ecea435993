using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Control;
using MultiExit.Engine.Dashboard;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Management;

/// <summary>A running server and the configuration it runs: the file it comes from, its versions, changes that have to be confirmed, and the
/// control socket. Thread-safe.</summary>
public sealed partial class ManagedServer : IServerControl, IFleetFollower, IAsyncDisposable
{
    private readonly ManagedServerOptions _options;
    private readonly TimeProvider _time;
    private readonly string? _file;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _deadline;
    private FileWatch? _watch;
    private bool _ended;
    private volatile ChangeState _state; // swapped under the lock of changes, read anywhere

    private ManagedServer(ChangeState start, GatewayServer gateway, BoundListeners bound, string? file, ManagedServerOptions options)
    {
        _state = start;
        Gateway = gateway;
        _file = file;
        _options = options;
        _time = options.Gateway.Time;
        _control = bound.Control is null ? null : new ControlEndpoint(bound.Control, this, gateway.Log, _time, HandOverAsync);
        _readers = bound.Readers is null ? null : new ControlEndpoint(bound.Readers, this, gateway.Log, _time, readsOnly: true);
        _scrapers = bound.Scrapers;
        _browsers = bound.Browsers;
        _dashboard = new DashboardRoutes(this, gateway.Logins, gateway.Log, _time);
        _access = bound.Access;
        ObserveChanges();
    }

    /// <summary>The server. It is stopped with <see cref="StopAsync"/> of this class, which releases the control socket and the history
    /// as well.</summary>
    public GatewayServer Gateway { get; }

    /// <summary>Ends when the server has stopped and everything that it held is released: ports, control socket, history.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The configuration's file, absolute; null when it came from URLs.</summary>
    public string? File => _file;

    /// <summary>The configuration in force, as it was read; its name may be overridden by <see cref="ManagedServerOptions.Name"/>.</summary>
    public ConfigResult InForce => _state.InForce;

    /// <summary>The version in force; null without <c>history</c>.</summary>
    public ConfigVersion? Version => _state.Version;

    /// <summary>The version that is rolled back unless it is confirmed; null when there is none.</summary>
    public PendingVersion? Pending => _state.Pending;

    /// <summary>Why the last configuration that was offered is not in force; null when it is.</summary>
    public string? LastReloadError => _state.LastError;

    /// <summary>Whether the file is watched.</summary>
    public bool IsWatched => _watch is not null;

    internal FileWatch? Watch => _watch;

    /// <summary>Starts a server. With a history that has a later change than the file (a change by command, or a change that was
    /// not confirmed), it starts with that.</summary>
    /// <param name="config">A configuration that is valid.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ProxyException">It cannot be put in force, or the history cannot be used.</exception>
    public static async Task<ManagedServer> StartAsync(
        ConfigResult config, ManagedServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!config.IsValid) throw new ArgumentException("the configuration is not valid", nameof(config));
        options ??= new ManagedServerOptions();
        if (options.Name is { } name && !NameText.IsValid(name))
            throw new ArgumentException($"not a name of a server; expected {NameText.Expected}", nameof(options));
        VersionStore? store = config.Config.History is { } history && config.Document is not null ? VersionStore.Open(history) : null;
        try
        {
            FollowerState followed = FollowedBy(config, store, isTakeover: false);
            HistoryStart start = Follow(HistoryStart.Choose(config, store), config, ref followed);
            ManagedServer server = await StartAsync(start, store, config, options, cancellationToken).ConfigureAwait(false);
            try
            {
                server._followed = followed;
                server.Settle(start);
                return server;
            }
            catch
            {
                await server.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch
        {
            store?.Dispose();
            throw;
        }
    }

    private static async Task<ManagedServer> StartAsync(
        HistoryStart start, VersionStore? store, ConfigResult config, ManagedServerOptions options, CancellationToken cancellationToken)
    {
        GatewayConfig named = Named(start.Config.Config!, options);
        // Before anything else listens: the server starts with it or not at all.
        BoundListeners bound = new();
        try
        {
            PassedDescriptors? passed = options.Gateway.Passed;
            if (named.ControlSocket is { } path) bound.Control = OpenControl(path, named.ControlGroup, passed);
            if (named.ControlReaders is { } readers) bound.Readers = OpenControl(readers.Path, readers.Group, passed);
            if (named.Metrics.Listen is { } scraped)
            {
                bound.Scrapers = passed?.Take(TakeoverOffer.OfMetrics(scraped)) is { } metrics
                    ? HttpEndpoint.Adopt(metrics, scraped) : HttpEndpoint.Bind(scraped);
            }
            if (named.Dashboard is { } dashboard)
            {
                bound.Access = new DashboardAccess(dashboard, options.Gateway.Time);
                bound.Browsers = passed?.Take(TakeoverOffer.OfDashboard(dashboard.Listen)) is { } browsers
                    ? HttpEndpoint.Adopt(browsers, dashboard.Listen) : HttpEndpoint.Bind(dashboard.Listen);
            }
            GatewayServer gateway = await GatewayServer.StartAsync(named, options.Gateway, cancellationToken).ConfigureAwait(false);
            ChangeState state = new(start.Config, store, config.Document?.Sha256);
            return new ManagedServer(state, gateway, bound, config.Document?.File, options);
        }
        catch
        {
            await bound.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc cref="IServerControl.GetStatusAsync"/>
    public ServerStatus GetStatus()
    {
        ChangeState state = _state;
        return Gateway.GetStatus() with
        {
            ConfigFile = _file, ConfigVersion = state.Version?.Number, ConfirmUntil = state.Pending?.Until, LastReloadError = state.LastError,
            Watched = IsWatched,
        };
    }

    /// <inheritdoc cref="IServerControl.GetVersionsAsync"/>
    public IReadOnlyList<ConfigVersion> GetVersions() => _state.Store?.Folder.List() ?? [];

    /// <summary>Loads a version.</summary>
    /// <exception cref="ProxyException">There is no such version, or no history.</exception>
    public ConfigResult LoadVersion(int number) => ConfigHistory.Load(StoreOr("has no versions").Folder, number);

    /// <summary>Stops the server as <see cref="GatewayServer.StopAsync"/> does. A change that was not confirmed stays unconfirmed: the next
    /// start rolls it back.</summary>
    public async Task StopAsync(TimeSpan? drainTimeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drainTimeout ?? TimeSpan.Zero, LimitsConfig.LongestDrain, nameof(drainTimeout));
        StopDraining(drainTimeout);
        if (!await EndChangesAsync().ConfigureAwait(false))
        {
            _stopAsked.TrySetResult();
            // Another call is stopping it already; if this one has less patience, it cuts the sessions all the same.
            await Gateway.StopAsync(drainTimeout, cancellationToken).ConfigureAwait(false);
            await Completion.ConfigureAwait(false);
            return;
        }
        try
        {
            bool isOurs = await Gateway.EndSessionsAsync(drainTimeout, cancellationToken).ConfigureAwait(false);
            try
            {
                // It waits for the answers to the requests that asked for the stop.
                if (_control is not null) await _control.DisposeAsync().ConfigureAwait(false);
                if (_readers is not null) await _readers.DisposeAsync().ConfigureAwait(false);
                if (_scrapers is not null) await _scrapers.DisposeAsync().ConfigureAwait(false);
                if (_browsers is not null) await _browsers.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                if (isOurs) await Gateway.ReleaseAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _state.Store?.Dispose();
            _completion.TrySetResult();
        }
    }

    /// <summary>Stops without draining.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    private static GatewayConfig Named(GatewayConfig config, ManagedServerOptions options) =>
        options.Name is null ? config : config with { Name = options.Name };

    private static ConfigVersion Draft(TimeProvider time, ConfigChange why, ConfigOutcome outcome, string check, string? who = null)
    {
        who ??= Environment.UserName;
        return new ConfigVersion(0, time.GetUtcNow(), who.Length == 0 ? "unknown" : who, why, null, "", outcome, check);
    }

    // The decisions of the start become the state from here on.
    private void Settle(HistoryStart start)
    {
        if (_state.Pending is null) Record(start);
        // From here on there are changes; clients of the control socket that came earlier have waited.
        _control?.Start();
        _readers?.Start();
        StartScrapers();
        StartDashboard();
        WarnOfDashboard();
        Gateway.Rollouts.Follower = this;
        Gateway.Questions.Answer = (question, token) => QuestionKinds.AnswerAsync(this, question, token);
        if (_options.Watch && _file is not null) _watch = new FileWatch(_file, _time, OnFileAsync);
    }

    private void Record(HistoryStart start)
    {
        if (Warnings.Of(start) is { } warning) Gateway.Warn(warning);
        if (_state.Store is { } store)
        {
            if (store.IsFromCopy) Gateway.Warn(Warnings.StoreDamaged(System.IO.Path.Combine(store.Folder.Path, HistoryFolder.StateFile)));
            _unkept = Draft(_time, start.Why, ConfigOutcome.Applied, $"valid ({start.Config.Dialect})");
            KeepIfRoom(store, () =>
            {
                if (start.Reverted is { } reverted) store.Update(reverted);
                _state = _state.Started(start.Version);
                WriteUnkept(store);
            });
        }
    }

    private VersionStore StoreOr(string what) => _state.Store ?? throw new ProxyException(ProxyError.InvalidConfiguration,
        $"the server {Gateway.Config.Name} {what}: its configuration has no `history: {{ directory: ... }}`");

    private async Task<bool> EndChangesAsync()
    {
        // A probe is not waited for: the change is rolled back at once.
        await _ending.CancelAsync().ConfigureAwait(false);
        await _changing.WaitAsync().ConfigureAwait(false);
        bool first = !_ended;
        _ended = true;
        _changing.Release();
        if (!first) return false;
        Disarm();
        if (_catchingUp is not null) await _catchingUp.DisposeAsync().ConfigureAwait(false);
        if (_watch is not null) await _watch.DisposeAsync().ConfigureAwait(false);
        return true;
    }
}
