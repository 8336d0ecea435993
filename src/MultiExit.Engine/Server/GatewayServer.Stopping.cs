using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>The end: no new connections, a drain, and the release of what the server holds.</content>
public sealed partial class GatewayServer
{
    // How long connections may take to end after they were aborted.
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(5);

    // How long connections without a session are waited for at the end of a drain.
    private static readonly TimeSpan ShortGoodbye = TimeSpan.FromSeconds(1);

    /// <summary>Stops listening, waits for live sessions, ends the rest.</summary>
    /// <param name="drainTimeout">How long to wait, one day at most; null: <c>limits.drain_timeout</c>; zero: not at all.</param>
    /// <param name="cancellationToken">Ends the wait early, the sessions with it.</param>
    public async Task StopAsync(TimeSpan? drainTimeout = null, CancellationToken cancellationToken = default)
    {
        if (await EndSessionsAsync(drainTimeout, cancellationToken).ConfigureAwait(false)) await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Stops as <see cref="StopAsync"/> does, up to the release of what the server holds: the caller calls
    /// <see cref="ReleaseAsync"/> when the answers that report the end have been sent.</summary>
    /// <returns>False when another call stops the server; that call has released everything by then.</returns>
    internal async Task<bool> EndSessionsAsync(TimeSpan? drainTimeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drainTimeout ?? TimeSpan.Zero, LimitsConfig.LongestDrain, nameof(drainTimeout));
        if (!await TryBeginStopAsync().ConfigureAwait(false))
        {
            // Another call is stopping it; when this one has less patience, or its wait is canceled, that cuts the sessions all the same.
            using CancellationTokenSource patience = new(drainTimeout ?? Timeout.InfiniteTimeSpan, _options.Time);
            CancellationTokenRegistration over = patience.Token.Register(AbortEverything);
            CancellationTokenRegistration cut = cancellationToken.Register(AbortEverything);
            await using (over.ConfigureAwait(false))
            await using (cut.ConfigureAwait(false)) await Completion.ConfigureAwait(false);
            return false;
        }
        _log.Draining(_config.Name, _sessions.Count);
        await DrainAsync(drainTimeout ?? _config.Limits.DrainTimeout, cancellationToken).ConfigureAwait(false);
        int aborted = _sessions.Count;
        await AbortAllAsync().ConfigureAwait(false);
        _state = ServerState.Stopped;
        _log.Stopped(_config.Name, aborted);
        return true;
    }

    /// <summary>Releases what the server holds, once, when its sessions have ended.</summary>
    internal async Task ReleaseAsync()
    {
        // Each step is taken even when another fails; the users' usage comes first, since it cannot be found again.
        List<Exception> failures = [];
        await StepAsync(() => SettleUsage(final: true)).ConfigureAwait(false);
        await DisposeStepAsync(_sweeper).ConfigureAwait(false);
        await DisposeStepAsync(_keeper).ConfigureAwait(false);
        await StepAsync(_leases.Close).ConfigureAwait(false);
        await DisposeStepAsync(_fleet).ConfigureAwait(false);
        await StepAsync(_certificates.Dispose).ConfigureAwait(false);
        await StepAsync(_backEnds.Dispose).ConfigureAwait(false);
        await StepAsync(_records.Dispose).ConfigureAwait(false);
        await StepAsync(_claims.Dispose).ConfigureAwait(false);
        await DisposeStepAsync(_lists).ConfigureAwait(false);
        await DisposeStepAsync(_members).ConfigureAwait(false);
        await DisposeStepAsync(_sets).ConfigureAwait(false);
        await DisposeStepAsync(_health).ConfigureAwait(false);
        await DisposeStepAsync(_snatComparison).ConfigureAwait(false);
        await DisposeStepAsync(_exits).ConfigureAwait(false);
        await StepAsync(_resolvers.Dispose).ConfigureAwait(false);
        await DisposeStepAsync(_transport).ConfigureAwait(false);
        await TryAsync(StopNotifyingAsync).ConfigureAwait(false);
        await StepAsync(_events.Close).ConfigureAwait(false);
        await StepAsync(Metrics.Dispose).ConfigureAwait(false);
        await StepAsync(_log.Dispose).ConfigureAwait(false);
        // Even after a failure, no caller waits for a server that serves no more.
        _completion.TrySetResult();
        if (failures.Count == 1) ExceptionDispatchInfo.Throw(failures[0]);
        if (failures.Count > 1) throw new AggregateException(failures);

        ValueTask StepAsync(Action step) => TryAsync(() =>
        {
            step();
            return default;
        });

        ValueTask DisposeStepAsync(IAsyncDisposable? item) => item is null ? default : TryAsync(item.DisposeAsync);

        async ValueTask TryAsync(Func<ValueTask> step)
        {
            try
            {
                await step().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }
    }

    private async Task AbortAllAsync()
    {
        AbortEverything();
        // A carrier may end before the last of its sessions, whose records are still to be written.
        Task ended = Task.WhenAll(_connections.WhenEmptyAsync(), _sessions.WhenEmptyAsync());
        await Task.WhenAny(ended, Task.Delay(AbortTimeout, CancellationToken.None)).ConfigureAwait(false);
    }

    private async Task<bool> TryBeginStopAsync()
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_state != ServerState.Running) return false;
            _state = ServerState.Draining;
            CloseListeners();
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    private void CloseListeners()
    {
        // Without a wait for what it ends.
        _ = _stopping.CancelAsync();
        foreach (InboundListener listener in _listeners.Concat(_closing)) listener.Dispose();
        foreach (IInbound inbound in _listeners.Select(listener => listener.Runtime.Inbound).Distinct()) Leave(inbound);
    }

    // Under the configuration lock.
    private void Leave(IInbound inbound)
    {
        inbound.Drain();
        _leaving.RemoveAll(other => other.Drained is null or { IsCompleted: true });
        _leaving.Add(inbound);
    }

    private async Task DrainAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout <= TimeSpan.Zero) return;
        _drainUntil = new StrongBox<DateTimeOffset>(_options.Time.GetUtcNow() + timeout);
        try
        {
            await WhenDrainedAsync().WaitAsync(timeout, _options.Time, cancellationToken).ConfigureAwait(false);
            // The last bytes of the last sessions may still be on their way through a carrier, or in an answer being read.
            await _connections.WhenEmptyAsync().WaitAsync(ShortGoodbye, _options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The sessions that are still live are cut.
        }
    }

    private async Task WhenDrainedAsync()
    {
        await _sessions.WhenEmptyAsync().ConfigureAwait(false);
        await Task.WhenAll(_leaving.Select(inbound => inbound.Drained ?? Task.CompletedTask)).ConfigureAwait(false);
    }

    private void AbortEverything()
    {
        _sessions.AbortAll(SessionOutcome.Drain);
        _connections.AbortAll();
    }
}
