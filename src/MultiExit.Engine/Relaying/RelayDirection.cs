using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Relaying;

/// <summary>One direction of a relay: where bytes come from and go to, who counts them, how it failed.</summary>
internal sealed class RelayDirection(DuplexStream source, DuplexStream target, RelaySide sourceSide, Session session, RelayOutcome outcome)
{
    public DuplexStream Source { get; private set; } = source;

    public DuplexStream Target { get; } = target is PrefixedStream prefixed ? prefixed.Inner : target;

    public RelaySide SourceSide { get; } = sourceSide;

    public RelaySide TargetSide => SourceSide == RelaySide.Client ? RelaySide.Upstream : RelaySide.Client;

    /// <summary>The side whose call is under way, so that a failure is told of the right one.</summary>
    public RelaySide Failing { get; set; } = sourceSide;

    public void Count(long bytes)
    {
        if (SourceSide == RelaySide.Client) session.AddUp(bytes);
        else session.AddDown(bytes);
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Failing = TargetSide;
        await Target.WriteAsync(bytes).ConfigureAwait(false);
        Failing = SourceSide;
        Count(bytes.Length);
    }

    /// <summary>Writes what was read ahead of the relay and takes the wrapper off.</summary>
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
        // A broken source has nothing more to say; its target must learn of it at once. A broken target may still have bytes for us.
        if (Failing == SourceSide) Target.Abort();
    }
}
