using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Relaying;

/// <summary>One direction of a relay: its source and target, the counters of its bytes, its failure.</summary>
internal sealed class RelayDirection(DuplexStream source, DuplexStream target, RelaySide sourceSide, Session session, RelayOutcome outcome)
{
    public DuplexStream Source { get; private set; } = source;

    public DuplexStream Target { get; } = target is PrefixedStream prefixed ? prefixed.Inner : target;

    public RelaySide SourceSide { get; } = sourceSide;

    public RelaySide TargetSide => SourceSide == RelaySide.Client ? RelaySide.Upstream : RelaySide.Client;

    /// <summary>The side whose call is under way, so that a failure is reported for the right one.</summary>
    public RelaySide Failing { get; set; } = sourceSide;

    /// <summary>Whether bandwidth is limited now; a reload may change it.</summary>
    public bool IsPaced => IsUp ? session.Pace is { LimitsUp: true } : session.Pace is { LimitsDown: true };

    private bool IsUp => SourceSide == RelaySide.Client;

    /// <summary>How much of a buffer to fill at once: all of it, or less where bandwidth is limited.</summary>
    public int Quantum(int most) => IsPaced ? Math.Min(most, session.Pace!.Quantum(IsUp)) : most;

    /// <summary>Counts bytes that were passed on, and waits where that was faster than allowed.</summary>
    public ValueTask PassedAsync(long bytes) => IsUp ? session.PassedUpAsync(bytes) : session.PassedDownAsync(bytes);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Failing = TargetSide;
        await Target.WriteAsync(bytes).ConfigureAwait(false);
        Failing = SourceSide;
        await PassedAsync(bytes.Length).ConfigureAwait(false);
    }

    /// <summary>Writes the bytes that were read ahead of the relay and removes the wrapper.</summary>
    public async ValueTask DrainPrefixAsync()
    {
        while (Source is PrefixedStream prefixed)
        {
            if (!prefixed.Prefix.IsEmpty) await WriteAsync(prefixed.Prefix).ConfigureAwait(false);
            Source = prefixed.Inner;
        }
    }

    public void Fail(Exception exception)
    {
        outcome.SetFailure(exception, Failing);
        // A broken source sends nothing more; its target must see that at once. A broken target may still have bytes for the other direction.
        if (Failing == SourceSide) Target.Abort();
    }
}
