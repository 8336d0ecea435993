using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Events;

/// <summary>Tells events to one target, one after the other. What cannot be told is tried again for a while; events that come meanwhile wait, and no
/// session does.</summary>
internal sealed class Notifier : IAsyncDisposable
{
    /// <summary>How long an event is tried.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly string _server;
    private readonly string _target;
    private readonly INotice _notice;
    private readonly EventSubscription _events;
    private readonly EngineLog _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;
    private long _lost;
    private bool _failing;

    /// <param name="server">The server's name.</param>
    /// <param name="target">Whom it tells, for messages.</param>
    /// <param name="notice">How; it is taken over.</param>
    /// <param name="events">What; it is taken over.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    public Notifier(string server, string target, INotice notice, EventSubscription events, EngineLog log, TimeProvider time)
    {
        (_server, _target, _notice, _events, _log, _time) = (server, target, notice, events, log, time);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Tells what waits, for a moment at most.</summary>
    public async ValueTask DisposeAsync()
    {
        _events.Complete();
        _closing.CancelAfter(Goodbye);
        await _running.ConfigureAwait(false);
        _events.Dispose();
        _notice.Dispose();
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (ServerEvent told in _events.Waiting.ReadAllAsync(_closing.Token).ConfigureAwait(false)) await TellAsync(told).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server ends, or has another configuration.
        }
    }

    private async Task TellAsync(ServerEvent told)
    {
        long began = _time.GetTimestamp();
        string body = EventBody.Of(_server, told);
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await _notice.TellAsync(told.Type, body, _closing.Token).ConfigureAwait(false);
                Succeeded();
                return;
            }
            catch (NoticeException exception)
            {
                if (!_failing) _log.NoticeFailed(_target, told.Type, exception.Message);
                _failing = true;
                if (!exception.MayPass || _time.GetElapsedTime(began) + pause > Patience)
                {
                    _lost++;
                    return;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // This event is given up; those that follow are still told.
                _log.Unexpected($"telling events to {_target}", exception);
                _lost++;
                return;
            }
            await Task.Delay(pause, _time, _closing.Token).ConfigureAwait(false);
        }
    }

    private void Succeeded()
    {
        _lost += _events.TakeMissed();
        if (_failing || _lost > 0) _log.NoticesBack(_target, _lost);
        (_failing, _lost) = (false, 0);
    }
}
