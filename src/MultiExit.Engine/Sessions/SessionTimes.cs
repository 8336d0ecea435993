using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Sessions;

/// <summary>When the steps of a session were done, counted from its request on the monotonic clock. Each has one writer.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is never compared.")]
internal struct SessionTimes
{
    private const long NotYet = 0;
    private long _began;
    private long _routed;
    private long _dialed;
    private long _firstUp;
    private long _firstDown;

    public void Begin(TimeProvider time) => _began = time.GetTimestamp();

    public void Routed(TimeProvider time) => _routed = time.GetTimestamp();

    public void Dialed(TimeProvider time) => Volatile.Write(ref _dialed, time.GetTimestamp());

    public void FirstUp(TimeProvider time) => Volatile.Write(ref _firstUp, time.GetTimestamp());

    public void FirstDown(TimeProvider time) => Volatile.Write(ref _firstDown, time.GetTimestamp());

    public readonly double? RouteMs(TimeProvider time) => Between(_began, _routed, time);

    public readonly double? DialMs(TimeProvider time) => Between(_routed, Volatile.Read(in _dialed), time);

    public readonly double? FirstUpMs(TimeProvider time) => Between(_began, Volatile.Read(in _firstUp), time);

    public readonly double? FirstDownMs(TimeProvider time) => Between(_began, Volatile.Read(in _firstDown), time);

    public readonly double DurationMs(TimeProvider time) => Math.Round(time.GetElapsedTime(_began).TotalMilliseconds, 3);

    private static double? Between(long from, long to, TimeProvider time) =>
        from == NotYet || to == NotYet ? null : Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, 3);
}
