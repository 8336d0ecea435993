namespace MultiExit.Engine.States;

/// <summary>How long the newest successful dials took. Thread-safe.</summary>
internal sealed class DialTimes
{
    /// <summary>The dials that have to be known before they say anything.</summary>
    public const int Enough = 20;

    private const int Kept = 128;

    // Sorting them costs a few microseconds; so much changes the answer little.
    private const int Renewal = 16;

    private readonly Lock _lock = new();
    private readonly double[] _milliseconds = new double[Kept];
    private long _count;
    private long _percentile95 = BitConverter.DoubleToInt64Bits(double.NaN);

    /// <summary>The time that 95 of 100 did not exceed; null while too few are known.</summary>
    public TimeSpan? Percentile95 => BitConverter.Int64BitsToDouble(Interlocked.Read(ref _percentile95)) is var known && double.IsNaN(known)
        ? null : TimeSpan.FromMilliseconds(known);

    /// <summary>Nothing of before counts.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _count = 0;
            Interlocked.Exchange(ref _percentile95, BitConverter.DoubleToInt64Bits(double.NaN));
        }
    }

    /// <summary>A dial has succeeded.</summary>
    public void Add(TimeSpan took)
    {
        lock (_lock)
        {
            _milliseconds[_count++ % Kept] = took.TotalMilliseconds;
            if (_count < Enough || (_count > Enough && _count % Renewal != 0)) return;
            Span<double> sorted = stackalloc double[Kept];
            sorted = sorted[..(int)Math.Min(_count, Kept)];
            _milliseconds.AsSpan(0, sorted.Length).CopyTo(sorted);
            sorted.Sort();
            Interlocked.Exchange(ref _percentile95, BitConverter.DoubleToInt64Bits(sorted[(int)Math.Ceiling(0.95 * sorted.Length) - 1]));
        }
    }
}
