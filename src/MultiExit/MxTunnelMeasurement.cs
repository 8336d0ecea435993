using System.Globalization;
using MultiExit.Engine.Probing;

namespace MultiExit;

/// <summary>A measurement of a proxy or an exit.</summary>
public sealed class MxTunnelMeasurement
{
    internal MxTunnelMeasurement(TunnelMeasureResult result, int parallel)
    {
        Through = result.Through;
        Target = result.Target;
        Time = result.Time;
        Duration = result.Duration;
        Parallel = parallel;
        BytesUp = result.Up?.Bytes;
        BytesUpPerSecond = result.Up is { } up ? Math.Round(up.PerSecond) : null;
        BytesDown = result.Down?.Bytes;
        BytesDownPerSecond = result.Down is { } down ? Math.Round(down.PerSecond) : null;
        ConnectsMs = Milliseconds(result.Connects);
        ConnectP50Ms = Percentile(ConnectsMs, 50);
        ConnectP90Ms = Percentile(ConnectsMs, 90);
        ConnectP99Ms = Percentile(ConnectsMs, 99);
        RoundTripsMs = Milliseconds(result.RoundTrips);
        RoundTripP50Ms = Percentile(RoundTripsMs, 50);
        RoundTripP90Ms = Percentile(RoundTripsMs, 90);
        RoundTripP99Ms = Percentile(RoundTripsMs, 99);
        Failed = result.Failed;
        LastFailure = result.LastFailure;
    }

    /// <summary>The proxy, without credentials, or the exit.</summary>
    public string Through { get; }

    /// <summary>The far end, <c>own://127.0.0.1:40123</c>.</summary>
    public string Target { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How many connections moved bytes at once.</summary>
    public int Parallel { get; }

    /// <summary>The bytes that arrived at the far end; null where it takes none.</summary>
    public long? BytesUp { get; }

    /// <summary>The bytes of a second that arrived at the far end.</summary>
    public double? BytesUpPerSecond { get; }

    /// <summary>The bytes that came from the far end; null where it gives none.</summary>
    public long? BytesDown { get; }

    /// <summary>The bytes of a second that came from the far end.</summary>
    public double? BytesDownPerSecond { get; }

    /// <summary>Half of the connections took at most so many milliseconds, up to the word that the far end is connected.</summary>
    public double? ConnectP50Ms { get; }

    /// <summary>Nine of ten did.</summary>
    public double? ConnectP90Ms { get; }

    /// <summary>99 of a hundred did.</summary>
    public double? ConnectP99Ms { get; }

    /// <summary>Half of the answers took at most so many milliseconds; null where the far end does not answer.</summary>
    public double? RoundTripP50Ms { get; }

    /// <summary>Nine of ten did.</summary>
    public double? RoundTripP90Ms { get; }

    /// <summary>99 of a hundred did.</summary>
    public double? RoundTripP99Ms { get; }

    /// <summary>The times of all connections in milliseconds, the shortest first.</summary>
    public double[] ConnectsMs { get; }

    /// <summary>The times of all answers in milliseconds, the shortest first.</summary>
    public double[] RoundTripsMs { get; }

    /// <summary>How many connections failed after the first one had succeeded.</summary>
    public int Failed { get; }

    /// <summary>Why the last of them failed; null when none did.</summary>
    public string? LastFailure { get; }

    /// <summary>The form <c>socks5://h:1080: 12.3 MB/s up, 98.7 MB/s down, 0.31 ms</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.CurrentCulture,
        $"{Through}: {TableText.Rate(BytesUpPerSecond)} up, {TableText.Rate(BytesDownPerSecond)} down, {RoundTripP50Ms ?? ConnectP50Ms:0.00} ms");

    private static double[] Milliseconds(IReadOnlyList<TimeSpan> times) => [.. times.Select(time => Math.Round(time.TotalMilliseconds, 3))];

    // The nearest rank: a time that was measured.
    private static double? Percentile(double[] sorted, int percent) =>
        sorted.Length == 0 ? null : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100.0) - 1)];
}
