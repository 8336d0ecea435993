namespace MultiExit.Engine.States;

/// <summary>How many of an exit's newest dials and probes have failed by its own fault. What is older counts less: half after five minutes.
/// Thread-safe.</summary>
internal sealed class DialLoss(TimeProvider time)
{
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(5);

    // One success that never was: of two dials the first that fails does not make all of them bad.
    private const double Benefit = 1;

    private readonly Lock _lock = new();
    private double _good;
    private double _bad;
    private long _at = time.GetTimestamp();

    /// <summary>The part that failed, 0 to 1.</summary>
    public double Share
    {
        get
        {
            lock (_lock)
            {
                Age();
                return _bad / (_good + _bad + Benefit);
            }
        }
    }

    /// <summary>One has ended.</summary>
    public void Add(bool good)
    {
        lock (_lock)
        {
            Age();
            if (good) _good++;
            else _bad++;
        }
    }

    /// <summary>Nothing of before counts.</summary>
    public void Forget()
    {
        lock (_lock) _good = _bad = 0;
    }

    private void Age()
    {
        long now = time.GetTimestamp();
        double left = Math.Pow(0.5, time.GetElapsedTime(_at, now) / HalfLife);
        _good *= left;
        _bad *= left;
        _at = now;
    }
}
