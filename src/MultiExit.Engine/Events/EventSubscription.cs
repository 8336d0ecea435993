using System.Collections.Frozen;
using System.Threading.Channels;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Events;

/// <summary>One who listens: a bounded queue. What finds no room is missed, and counted.</summary>
internal sealed class EventSubscription : IDisposable
{
    /// <summary>The events that wait for a listener that is slow.</summary>
    public const int Capacity = EventHub.Kept;

    private readonly FrozenSet<string> _types;
    private readonly Action<EventSubscription> _remove;
    private readonly Channel<ServerEvent> _waiting = Channel.CreateBounded<ServerEvent>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private long _missed;

    public EventSubscription(FrozenSet<string> types, Action<EventSubscription> remove)
    {
        _types = types;
        _remove = remove;
    }

    /// <summary>The events that wait; ends with the server.</summary>
    public ChannelReader<ServerEvent> Waiting => _waiting.Reader;

    /// <summary>How many were missed since the last call.</summary>
    public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);

    /// <summary>Queues an event.</summary>
    public void Offer(ServerEvent told)
    {
        if (_types.Count > 0 && !_types.Contains(told.Type)) return;
        if (!_waiting.Writer.TryWrite(told)) Interlocked.Increment(ref _missed);
    }

    /// <summary>No more will come.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    public void Dispose()
    {
        _remove(this);
        Complete();
    }
}
