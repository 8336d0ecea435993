namespace MultiExit.Engine.Probing;

/// <summary>How far a measurement is. One writer, any number of readers.</summary>
public sealed class MeasureProgress
{
    private long _start;
    private long _length = 1;
    private long _bytes;
    private int _phase;

    /// <summary>What it does now.</summary>
    public MeasurePhase Phase => (MeasurePhase)Volatile.Read(ref _phase);

    /// <summary>The bytes that this phase has moved.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How much of the time is over, 0 to 1.</summary>
    public double Part => _start == 0 ? 0 : Math.Clamp(Elapsed / TimeSpan.FromTicks(Volatile.Read(ref _length)), 0, 1);

    /// <summary>How long it takes still, at most.</summary>
    public TimeSpan Left => _start == 0 ? TimeSpan.FromTicks(_length) : TimeSpan.FromTicks(Math.Max(0, Volatile.Read(ref _length) - Elapsed.Ticks));

    private TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(Volatile.Read(ref _start));

    internal void Begin(TimeSpan length)
    {
        Volatile.Write(ref _length, Math.Max(1, length.Ticks));
        Volatile.Write(ref _start, TimeProvider.System.GetTimestamp());
    }

    internal void Enter(MeasurePhase phase)
    {
        Volatile.Write(ref _bytes, 0);
        Volatile.Write(ref _phase, (int)phase);
    }

    internal long Add(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
