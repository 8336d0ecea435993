using System.Collections.Immutable;
using System.Globalization;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Management;

/// <content>What this process still does once another one has taken its place.</content>
public sealed partial class ManagedServer
{
    private async Task DrainAsync(TakeoverChannel channel)
    {
        Task<bool> sessions = Gateway.EndSessionsAsync(null, CancellationToken.None);
        // The new process asks those before this one itself.
        List<string> sockets = [.. ImmutableInterlocked.InterlockedExchange(ref _draining, [])];
        if (_control is { } control) sockets.Insert(0, control.Path);
        // What a process before this one still does goes through here.
        _ = FollowLeasesAsync(channel);
        Task ended = Task.WhenAll(sessions, Task.WhenAny(_following, _stopAsked.Task));
        try
        {
            if (_catchingUp is not null) await _catchingUp.DisposeAsync().ConfigureAwait(false);
            if (_watch is not null) await _watch.DisposeAsync().ConfigureAwait(false);
            await TellAsync(channel, new TakeoverMessage(TakeoverStep.Draining) { Sockets = sockets }).ConfigureAwait(false);
            do
            {
                await Task.WhenAny(ended, Task.Delay(TotalsEvery, _time)).ConfigureAwait(false);
                await TellAsync(channel).ConfigureAwait(false);
            }
            while (!ended.IsCompleted);
            await TellAsync(channel).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Gateway.Log.SuccessorGone(exception.Message);
        }
        finally
        {
            _ = FinishAsync(ended, sessions);
        }
    }

    private async Task TellAsync(TakeoverChannel channel)
    {
        foreach (SessionRecord record in TakeEnded())
            await TellAsync(channel, new TakeoverMessage(TakeoverStep.Ended) { Record = record }).ConfigureAwait(false);
        await TellAsync(channel, new TakeoverMessage(TakeoverStep.Totals) { Totals = Gateway.GetTotals() }).ConfigureAwait(false);
    }

    // A process that was stopped must not keep this one.
    private async Task TellAsync(TakeoverChannel channel, TakeoverMessage message)
    {
        using CancellationTokenSource patience = new(TellPatience, _time);
        await channel.SendAsync(message, patience.Token).ConfigureAwait(false);
    }

    private async Task FinishAsync(Task ended, Task<bool> sessions)
    {
        try
        {
            await ended.ConfigureAwait(false);
            if (_control is not null) await _control.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAny(_left, Task.Delay(LastAnswers, _time)).ConfigureAwait(false);
            if (await sessions.ConfigureAwait(false)) await Gateway.ReleaseAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Gateway.Log.Unexpected("the end of a server that was handed over", exception);
        }
        finally
        {
            _completion.TrySetResult();
        }
    }

    private void KeepForSuccessor(SessionRecord record)
    {
        if (_endedRecords.Count < MaxRecords) _endedRecords.Enqueue(record);
    }

    private IEnumerable<SessionRecord> TakeEnded()
    {
        while (_endedRecords.TryDequeue(out SessionRecord? record)) yield return record;
    }

    // Where the sessions of this process are seen and cut once the socket is another one's.
    private ControlEndpoint? OpenSecond(string path)
    {
        string second = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}");
        for (int i = 2; ; i++)
        {
            try
            {
                ControlEndpoint opened = new(new UnixListener(second), this, Gateway.Log, _time);
                opened.Start();
                return opened;
            }
            catch (ProxyException exception) when (exception.Reason == ProxyError.AddressInUse && i < 10)
            {
                // Another server of this process had it before.
                second = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}-{i}");
            }
            catch (ProxyException exception)
            {
                Gateway.Log.SecondSocketMissing(exception.Message);
                return null;
            }
        }
    }
}
