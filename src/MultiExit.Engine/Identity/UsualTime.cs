namespace MultiExit.Engine.Identity;

/// <summary>How long something takes, about: the later times count more. Thread-safe.</summary>
internal sealed class UsualTime
{
    private long _ticks;

    /// <summary>About so long; zero before the first.</summary>
    public TimeSpan Value => new(Interlocked.Read(ref _ticks));

    /// <summary>It took so long once more. One of two that come at the same time may be lost.</summary>
    public void Note(TimeSpan took)
    {
        long before = Interlocked.Read(ref _ticks);
        Interlocked.Exchange(ref _ticks, before == 0 ? took.Ticks : ((3 * before) + took.Ticks) / 4);
    }
}
