using System.Collections.Immutable;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Management;

/// <content>The start in the place of a process that runs.</content>
public sealed partial class ManagedServer
{
    // How long the process before may take with its last answer, and with one about its sessions.
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(5);

    private Task _following = Task.CompletedTask;
    private ImmutableArray<string> _draining = []; // the sockets of processes that drain

    /// <summary>Starts a server in the place of the one that answers at the configuration's control socket: its sockets are taken, and once all is
    /// ready it stops accepting and drains its sessions. No connection is refused or cut. Linux.</summary>
    /// <param name="config">A configuration that is valid and has <c>control</c>.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ProxyException">The configuration cannot be put in force, or the running server cannot be taken over: that one goes on.</exception>
    public static async Task<ManagedServer> TakeOverAsync(
        ConfigResult config, ManagedServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!config.IsValid) throw new ArgumentException("the configuration is not valid", nameof(config));
        if (!OperatingSystem.IsLinux()) throw new ProxyException(ProxyError.TakeoverFailed, "a running server is taken over on Linux alone");
        string socket = config.Config.ControlSocket
            ?? throw new ProxyException(ProxyError.TakeoverFailed, "a server is taken over by its control socket, and the configuration has no `control`");
        options ??= new ManagedServerOptions();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        TakeoverChannel? channel = null;
        try
        {
            (channel, TakeoverOffer offer, PassedDescriptors passed) = await TakeoverClient.AskAsync(socket, patience.Token).ConfigureAwait(false);
            using (passed)
            {
                options = options with { Gateway = options.Gateway with { Passed = passed } };
                return await TakeOverAsync(config, options, channel, offer, patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            channel?.Dispose();
            if (exception is IOException or ObjectDisposedException)
                throw new ProxyException(ProxyError.TakeoverFailed, $"{socket}: the server there ended the take-over: {exception.Message}", exception);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new ProxyException(ProxyError.TakeoverFailed, $"{socket}: the take-over took too long, and the server there goes on", exception);
            throw;
        }
    }

    private static async Task<ManagedServer> TakeOverAsync(
        ConfigResult config, ManagedServerOptions options, TakeoverChannel channel, TakeoverOffer offer, CancellationToken cancellationToken)
    {
        VersionStore? store = config.Config!.History is { } history && config.Document is not null
            ? VersionStore.Open(history, options.Gateway.Passed!.Take(TakeoverOffer.OfHistory(history.Directory))) : null;
        ManagedServer? server = null;
        try
        {
            FollowerState followed = FollowedBy(config, store, isTakeover: true);
            HistoryStart start = Follow(HistoryStart.Continue(config, store), config, ref followed);
            PendingVersion? pending = store?.State?.Pending;
            server = await StartAsync(start, store, config, options, cancellationToken).ConfigureAwait(false);
            await channel.SendAsync(new TakeoverMessage(TakeoverStep.Ready) { Process = Environment.ProcessId }, cancellationToken).ConfigureAwait(false);
            TakeoverState state = (await channel.ExpectAsync(TakeoverStep.State, cancellationToken).ConfigureAwait(false)).State ?? new TakeoverState();
            server.Gateway.Continue(state);
            long told = server._time.GetTimestamp();
            if (pending is not null) server.WaitOn(pending, start);
            server._followed = followed;
            server.Settle(start);
            await channel.SendAsync(new TakeoverMessage(TakeoverStep.Open), cancellationToken).ConfigureAwait(false);
            await channel.ExpectAsync(TakeoverStep.Taken, cancellationToken).ConfigureAwait(false);
            server.Gateway.BeginAccepting();
            TimeSpan left = (state.Unconfirmed ?? TimeSpan.Zero) - server._time.GetElapsedTime(told);
            if (pending is not null) await server.BeginWaitAsync(pending, left).ConfigureAwait(false);
            server._control?.OwnFile();
            server._readers?.OwnFile();
            server.GiveTo(server._control, server.Gateway.Config.ControlGroup, isAdopted: true);
            server.GiveTo(server._readers, server.Gateway.Config.ControlReaders?.Group, isAdopted: true);
            server.Gateway.Log.TookOver(offer.Process, state.Totals.Live);
            server._draining = [.. await server.DrainingSocketsAsync(channel).ConfigureAwait(false)];
            server._following = server.FollowAsync(channel, state.Totals, server._draining.FirstOrDefault());
            return server;
        }
        catch
        {
            if (server is not null) await server.DisposeAsync().ConfigureAwait(false);
            store?.Dispose();
            throw;
        }
    }

    // The old process has let go: that it does not answer any more ends nothing here.
    private async Task<IReadOnlyList<string>> DrainingSocketsAsync(TakeoverChannel channel)
    {
        using CancellationTokenSource patience = new(GoodbyePatience, _time);
        try
        {
            return (await channel.ExpectAsync(TakeoverStep.Draining, patience.Token).ConfigureAwait(false)).Sockets;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or ProxyException or OperationCanceledException)
        {
            return [];
        }
    }

    // The change goes on waiting for its confirmation.
    private void WaitOn(PendingVersion pending, HistoryStart start) =>
        _state = _state.Started(start.Version).Waiting(pending, ConfigHistory.Load(_state.Store!.Folder, pending.Previous));

    // Not before the process before has let go: until then it may go on, with the change and its time.
    private async Task BeginWaitAsync(PendingVersion pending, TimeSpan left)
    {
        await _changing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            // It may have been confirmed meanwhile, or another change have taken its place.
            if (_state.Pending == pending) RevertIn(left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1));
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task FollowAsync(TakeoverChannel channel, ServerTotals totals, string? socket)
    {
        using CancellationTokenSource gone = new();
        Task telling = Gateway.Leases.HasPredecessor ? TellLeasesAsync(channel, gone.Token) : Task.CompletedTask;
        try
        {
            while (await channel.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } message)
            {
                if (message is { Kind: TakeoverStep.Totals, Totals: { } now }) Gateway.Count(totals = now);
                else if (message is { Kind: TakeoverStep.Ended, Record: { } record }) Gateway.Keep(record);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or ProxyException)
        {
            // It has ended: what it told last counts.
        }
        await gone.CancelAsync().ConfigureAwait(false);
        await telling.ConfigureAwait(false);
        Gateway.Leases.HasPredecessor = false;
        if (socket is not null) ImmutableInterlocked.Update(ref _draining, (sockets, ended) => sockets.Remove(ended, StringComparer.Ordinal), socket);
        Gateway.Count(totals.Ended());
        channel.Dispose();
    }

    private async Task<IReadOnlyList<SessionRecord>> GetSessionsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<SessionRecord>?[] before = await AskDrainingAsync(control => control.GetSessionsAsync(cancellationToken)).ConfigureAwait(false);
        return [.. before.Reverse().SelectMany(sessions => sessions ?? []), .. Gateway.GetSessions()];
    }

    private async Task<bool> StopSessionAsync(long id, CancellationToken cancellationToken) =>
        Gateway.StopSession(id)
        || (await AskDrainingAsync(control => control.StopSessionAsync(id, cancellationToken)).ConfigureAwait(false)).Contains(true);

    private async Task<int> CutUserAsync(string name, CancellationToken cancellationToken) =>
        Gateway.CutUser(name) + (await AskDrainingAsync(control => control.CutUserAsync(name, cancellationToken)).ConfigureAwait(false)).Sum();

    // They stop with this one, which does not wait for them.
    private void StopDraining(TimeSpan? drainTimeout)
    {
        foreach (string socket in _draining) _ = AskAsync(socket, control => control.StopAsync(drainTimeout), Timeout.InfiniteTimeSpan);
    }

    // Of all at once: several may drain after several upgrades.
    private Task<T?[]> AskDrainingAsync<T>(Func<ControlClient, Task<T>> ask) =>
        Task.WhenAll(_draining.Select(socket => AskAsync(socket, ask, AskPatience)));

    // Nothing, where it has just ended.
    private async Task<T?> AskAsync<T>(string path, Func<ControlClient, Task<T>> ask, TimeSpan patience)
    {
        try
        {
            return await ask(new ControlClient(path)).WaitAsync(patience, _time).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ProxyException or TimeoutException)
        {
            if (exception is ProxyException { Reason: ProxyError.ControlUnreachable })
                ImmutableInterlocked.Update(ref _draining, static (sockets, gone) => sockets.Remove(gone, StringComparer.Ordinal), path);
            return default;
        }
    }
}
