using System.Collections.Frozen;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Events;

/// <summary>The events of a server: the newest are kept, and whoever listens gets the new ones. Nobody is waited for. Thread-safe.</summary>
internal sealed class EventHub(TimeProvider time)
{
    /// <summary>The events that are kept.</summary>
    public const int Kept = 1000;

    private readonly Lock _lock = new();
    private readonly EventThrottle _throttle = new(time);
    private readonly Queue<ServerEvent> _newest = new();
    private readonly List<EventSubscription> _listeners = [];
    private long _number;
    private bool _isClosed;

    /// <summary>Those who listen now.</summary>
    public int Listeners
    {
        get
        {
            lock (_lock) return _listeners.Count;
        }
    }

    /// <summary>A message of the log that is an event.</summary>
    public void Publish(LogEntry entry)
    {
        lock (_lock)
        {
            if (EventTypes.SubjectOf(entry.Id, entry.Properties) is { } subject && !_throttle.Pass(subject, entry)) return;
            Tell(entry, 0);
        }
    }

    /// <summary>Tells the events that were held back. Called periodically.</summary>
    public void Sweep()
    {
        lock (_lock)
            foreach ((LogEntry entry, int skipped) in _throttle.Due()) Tell(entry, skipped);
    }

    /// <summary>Listens from now on.</summary>
    /// <param name="after">Begins with the kept events that follow this number; null: with the next one.</param>
    /// <param name="types">The types that are asked for; empty: all.</param>
    /// <returns>To be disposed of.</returns>
    public EventSubscription Subscribe(long? after = null, IReadOnlyCollection<string>? types = null)
    {
        lock (_lock)
        {
            FrozenSet<string> asked = (types ?? []).ToFrozenSet(StringComparer.Ordinal);
            EventSubscription subscription = new(asked, Remove);
            // A number from before a restart means nothing here: all that is kept is new to whoever has it.
            if (after is { } number)
                foreach (ServerEvent kept in _newest)
                    if (kept.Number > number || number > _number) subscription.Offer(kept);
            if (_isClosed) subscription.Complete();
            else _listeners.Add(subscription);
            return subscription;
        }
    }

    /// <summary>Ends all subscriptions. A later one ends with the events that are kept.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (EventSubscription listener in _listeners) listener.Complete();
        }
    }

    private void Remove(EventSubscription subscription)
    {
        lock (_lock) _listeners.Remove(subscription);
    }

    private void Tell(LogEntry entry, int skipped)
    {
        ServerEvent told = new(++_number, entry.Time, EventTypes.Of(entry.Id), entry.Level, entry.Id, entry.Message, entry.Properties, skipped);
        if (_newest.Count >= Kept) _newest.Dequeue();
        _newest.Enqueue(told);
        foreach (EventSubscription listener in _listeners) listener.Offer(told);
    }
}
