using System.Collections.Concurrent;
using System.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>Looks at a server again and again, and listens to its events meanwhile.</summary>
internal sealed class ServerWatch : IDisposable
{
    /// <summary>Sessions are listed for a server with up to this many.</summary>
    public const int MaxListed = 1000;

    private const int MaxEvents = 1000;

    private readonly ConcurrentQueue<MxEvent> _events = new();
    private readonly CancellationTokenSource _over;
    private readonly Task _listening;
    private ServerStatus? _before;
    private long _looked;

    /// <param name="server">The server.</param>
    /// <param name="types">The types of events; empty: all.</param>
    /// <param name="kept">Whether it begins with the events that the server keeps.</param>
    /// <param name="cancellationToken">Ends listening.</param>
    public ServerWatch(RunningServer server, string[] types, bool kept, CancellationToken cancellationToken)
    {
        Server = server;
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _listening = Task.Run(() => ListenAsync(types, kept ? 0 : null), CancellationToken.None);
    }

    public RunningServer Server { get; }

    /// <summary>Whether events come no more: the server has stopped, or does not answer.</summary>
    public bool HasEnded => _listening.IsCompleted;

    /// <summary>Why they do not, where the server did not just stop.</summary>
    public ProxyException? Fault { get; private set; }

    /// <summary>The live sessions, the newest first; of the last look, and none for a server with many.</summary>
    public IReadOnlyList<SessionRecord> Sessions { get; private set; } = [];

    /// <summary>The events since the last call.</summary>
    public MxEvent[] TakeEvents()
    {
        List<MxEvent> taken = [];
        while (_events.TryDequeue(out MxEvent? next)) taken.Add(next);
        return [.. taken];
    }

    /// <summary>Looks at the server.</summary>
    public async Task<MxServerSample> LookAsync(bool sessions, CancellationToken cancellationToken)
    {
        ServerStatus now = await Server.Control.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ExitStatus> exits = await Server.Control.GetExitsAsync(cancellationToken).ConfigureAwait(false);
        Sessions = sessions && now.Sessions <= MaxListed
            ? [.. (await Server.Control.GetSessionsAsync(cancellationToken).ConfigureAwait(false)).Reverse()] : [];
        long looked = Stopwatch.GetTimestamp();
        SampleRates rates = SampleRates.Between(_before, now, Stopwatch.GetElapsedTime(_looked, looked));
        (_before, _looked) = (now, looked);
        return new MxServerSample(Server, now, rates, [.. exits.Select(exit => MxExit.Of(Server, exit, exits))], TakeEvents());
    }

    public void Dispose()
    {
        _over.Cancel();
        _listening.GetAwaiter().GetResult();
        _over.Dispose();
    }

    private async Task ListenAsync(string[] types, long? after)
    {
        try
        {
            await foreach (ServerEvent told in Server.Control.GetEventsAsync(after, types, _over.Token).ConfigureAwait(false))
            {
                _events.Enqueue(new MxEvent(Server, told));
                if (_events.Count > MaxEvents) _events.TryDequeue(out _);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody watches any more.
        }
        catch (ProxyException exception)
        {
            Fault = exception;
        }
    }
}
