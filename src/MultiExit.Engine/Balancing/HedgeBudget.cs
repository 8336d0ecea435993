namespace MultiExit.Engine.Balancing;

/// <summary>Bounds the dials that a group makes for nothing: one for 20 that it makes anyway. A second dial that was needed costs nothing.
/// Thread-safe.</summary>
internal sealed class HedgeBudget
{
    private const int DialsForOne = 20;

    // So many may be under way at once, or in a row, before the share counts.
    private const int Most = 50;

    private readonly Lock _lock = new();
    private int _left = Most * DialsForOne;

    /// <summary>A dial has begun.</summary>
    public void Dialed()
    {
        lock (_lock) _left = Math.Min(_left + 1, Most * DialsForOne);
    }

    /// <summary>Whether there may be a second one; it is paid for in advance.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            if (_left < DialsForOne) return false;
            _left -= DialsForOne;
            return true;
        }
    }

    /// <summary>The second one was needed.</summary>
    public void GiveBack()
    {
        lock (_lock) _left = Math.Min(_left + DialsForOne, Most * DialsForOne);
    }
}
