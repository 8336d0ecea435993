using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Management;

/// <content>Another process takes the place of this one. Docs: docs/decisions/0107-a-new-process-takes-the-sockets-of-the-old-one.md.</content>
public sealed partial class ManagedServer
{
    // How long clients wait in the queues of the sockets for it at most.
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TotalsEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TellPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    // Records that wait for the new process; as many as wait for the disk otherwise.
    private const int MaxRecords = 65_536;

    private readonly ConcurrentQueue<SessionRecord> _endedRecords = new();
    private readonly TaskCompletionSource<int> _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _left = Task.CompletedTask;
    private int _takeovers;

    /// <summary>How long a new process may take until it is ready, 5 minutes: lists may have to be fetched.</summary>
    public static TimeSpan StartPatience { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether another process has taken the place of this one, which drains its sessions.</summary>
    public bool IsHandedOver => _handedOver.Task.IsCompleted;

    /// <inheritdoc cref="IServerControl.UpgradeAsync"/>
    public async Task<ServerStatus> UpgradeAsync(CancellationToken cancellationToken = default)
    {
        if (_options.StartSuccessor is not { } start)
            throw new ProxyException(ProxyError.TakeoverFailed, $"the server {Gateway.Config.Name} is no program of its own that could be started again");
        if (Gateway.Config.ControlSocket is null)
            throw new ProxyException(ProxyError.TakeoverFailed, $"the server {Gateway.Config.Name} has no `control`, over which a new process takes over");
        if (IsHandedOver) throw new ProxyException(ProxyError.TakeoverFailed, "another process has taken the place of this one already");
        using ISuccessor successor = start();
        Task<string> ended = successor.WhenEndedAsync();
        Task first = await Task.WhenAny(_handedOver.Task, ended, Task.Delay(StartPatience, _time, cancellationToken)).ConfigureAwait(false);
        if (first == _handedOver.Task) return GetStatus();
        string reason = first == ended ? await ended.ConfigureAwait(false) : "it did not become ready in time";
        if (first != ended && !await KillAsync(successor).ConfigureAwait(false)) return GetStatus();
        throw new ProxyException(ProxyError.TakeoverFailed, $"the new process has not taken over, and this one goes on: {reason}");
    }

    // False: it has taken over meanwhile.
    private async Task<bool> KillAsync(ISuccessor successor)
    {
        await _changing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (!IsHandedOver) successor.Kill();
            return !IsHandedOver;
        }
        finally
        {
            _changing.Release();
        }
    }

    // The control socket's connection with the process that takes over.
    private async Task HandOverAsync(DuplexStream stream, CancellationToken closing)
    {
        using TakeoverChannel channel = new(stream, TakeoverChannel.MostOfSteps);
        try
        {
            if (Interlocked.Increment(ref _takeovers) > 1) await RefuseAsync(channel, "another process is taking over already").ConfigureAwait(false);
            else if (!channel.IsTrusted) await RefuseAsync(channel, "a process of another user may not take over").ConfigureAwait(false);
            else if (await OfferAsync(channel, closing).ConfigureAwait(false)) await DrainAsync(channel).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or ProxyException)
        {
            Gateway.Log.TakeoverFailed(exception is OperationCanceledException ? "the new process was not ready in time" : exception.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _takeovers);
        }
    }

    // True: the new process has taken over.
    private async Task<bool> OfferAsync(TakeoverChannel channel, CancellationToken closing)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closing, _ending.Token);
        patience.CancelAfter(StartPatience);
        await _changing.WaitAsync(patience.Token).ConfigureAwait(false);
        ChangeState offered;
        (string Purpose, SafeHandle Handle)[] held;
        try
        {
            (offered, held) = (_state, [.. GetDescriptors()]);
        }
        finally
        {
            _changing.Release();
        }
        await channel.SendAsync(new TakeoverMessage(TakeoverStep.Offer)
        {
            Offer = new TakeoverOffer(TakeoverOffer.Current, Gateway.Config.Name, Environment.ProcessId, [.. held.Select(each => each.Purpose)]),
        }, patience.Token).ConfigureAwait(false);
        await channel.SendAsync([.. held.Select(each => each.Handle)], patience.Token).ConfigureAwait(false);
        TakeoverMessage ready = await channel.ExpectAsync(TakeoverStep.Ready, patience.Token).ConfigureAwait(false);
        await _changing.WaitAsync(patience.Token).ConfigureAwait(false);
        try
        {
            if (_ended || _state.InForce != offered.InForce || _state.Pending != offered.Pending || _state.Version != offered.Version)
            {
                await RefuseAsync(channel, "the server's configuration has changed meanwhile, or it is stopping").ConfigureAwait(false);
                return false;
            }
            await TransferAsync(channel).ConfigureAwait(false);
            LetGo(ready.Process);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    // Under the lock of changes. Throws where the new process does not go on: then this one does.
    private async Task TransferAsync(TakeoverChannel channel)
    {
        using CancellationTokenSource patience = new(OpenPatience, _time);
        try
        {
            Pause(true);
            Gateway.Hold(KeepForSuccessor);
            TimeSpan? unconfirmed = _state.Pending is { } pending ? pending.Until - _time.GetUtcNow() : null;
            await channel.SendAsync(
                new TakeoverMessage(TakeoverStep.State) { State = Gateway.ExportState() with { Unconfirmed = unconfirmed } }, patience.Token)
                .ConfigureAwait(false);
            await channel.ExpectAsync(TakeoverStep.Open, patience.Token).ConfigureAwait(false);
            await channel.SendAsync(new TakeoverMessage(TakeoverStep.Taken), patience.Token).ConfigureAwait(false);
        }
        catch
        {
            // Before the pause ends: a process that is only late learns that it is too late.
            channel.Dispose();
            RefreshHistory();
            Gateway.Resume(TakeEnded());
            Pause(false);
            throw;
        }
    }

    // The other process may have written its own state before it failed.
    private void RefreshHistory()
    {
        try
        {
            _state.Store?.Refresh();
        }
        catch (ProxyException exception)
        {
            Gateway.Log.TakeoverFailed(exception.Message);
        }
    }

    // Under the lock of changes; nothing here can fail.
    private void LetGo(int process)
    {
        _ended = true;
        Disarm();
        Gateway.LetGo();
        _state.Store?.Leave();
        _ = _scrapers?.DisposeAsync().AsTask();
        _ = _browsers?.DisposeAsync().AsTask();
        (_scrapers, _browsers) = (null, null);
        ControlEndpoint left = _control!;
        _left = Task.WhenAll(left.LeaveAsync(), _readers?.LeaveAsync() ?? Task.CompletedTask);
        _readers = null;
        _control = OpenSecond(left.Path);
        Gateway.Log.HandedOver(process, _control?.Path);
        _options.HandedOver?.Invoke(process);
        _handedOver.TrySetResult(process);
    }

    private IEnumerable<(string Purpose, SafeHandle Handle)> GetDescriptors()
    {
        foreach ((string Purpose, SafeHandle Handle) held in Gateway.GetDescriptors()) yield return held;
        if (_control is { } control) yield return (TakeoverOffer.OfControl(control.Path), control.Handle);
        if (_readers is { } readers) yield return (TakeoverOffer.OfControl(readers.Path), readers.Handle);
        if (_scrapers is { } scrapers) yield return (TakeoverOffer.OfMetrics(scrapers.Asked), scrapers.Handle);
        if (_browsers is { } browsers) yield return (TakeoverOffer.OfDashboard(browsers.Asked), browsers.Handle);
        if (_state.Store is { Handle: { } handle } store) yield return (TakeoverOffer.OfHistory(store.Folder.Path), handle);
    }

    private void Pause(bool pause)
    {
        if (_control is { } control) control.IsPaused = pause;
        if (_readers is { } readers) readers.IsPaused = pause;
        if (_scrapers is { } scrapers) scrapers.IsPaused = pause;
        if (_browsers is { } browsers) browsers.IsPaused = pause;
    }

    private static async Task RefuseAsync(TakeoverChannel channel, string reason)
    {
        using CancellationTokenSource patience = new(LastAnswers);
        await channel.SendAsync(new TakeoverMessage(TakeoverStep.Refused) { Text = reason }, patience.Token).ConfigureAwait(false);
    }
}
