using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Fleet.Replays;

/// <summary>The handshakes that were answered while the store was away, and that it is told of later. Bounded, and thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class MissedReplays(TimeProvider time)
{
    private const int MaxWaiting = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, TimeSpan> _waiting = []; // until when, by the monotonic clock

    /// <summary>Keeps one; the first ones stay where there are too many.</summary>
    public void Add(ReplayMark mark)
    {
        lock (_lock)
            if (_waiting.Count < MaxWaiting) _waiting[mark.Value] = time.GetElapsedTime(0) + mark.Lifetime;
    }

    /// <summary>Some that count still.</summary>
    public IReadOnlyList<ReplayMark> Peek(int most)
    {
        TimeSpan now = time.GetElapsedTime(0);
        lock (_lock)
        {
            foreach ((Guid mark, TimeSpan until) in _waiting)
                if (until <= now) _waiting.Remove(mark); // allowed while enumerating
            return [.. _waiting.Take(most).Select(entry => new ReplayMark(entry.Key, entry.Value - now))];
        }
    }

    /// <summary>The store has them.</summary>
    public void Remove(IReadOnlyList<ReplayMark> marks)
    {
        lock (_lock)
            foreach (ReplayMark mark in marks) _waiting.Remove(mark.Value);
    }
}
