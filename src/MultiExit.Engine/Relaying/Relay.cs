using System.Runtime.CompilerServices;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Relaying;

/// <summary>Moves bytes both ways between two connections until both directions have ended.</summary>
/// <remarks>
/// An event on one side, and what follows (X and Y are the two connections):
/// <code>
/// X ends its direction (FIN, close_notify)   what is in flight is written to Y, then Y's direction is ended; Y -> X goes on
/// reading X fails (reset, aborted)           Y is aborted: its peer must not take a part for the whole
/// writing Y fails                            X -> Y stops; Y -> X still delivers what Y sent before it broke, then X is aborted
/// session aborted (drain, idle, operator)    both are aborted
/// </code>
/// </remarks>
internal static class Relay
{
    /// <summary>Runs until both directions have ended. The caller disposes both connections.</summary>
    public static async ValueTask<RelayResult> RunAsync(DuplexStream client, DuplexStream upstream, Session session)
    {
        session.OnAbort(() =>
        {
            client.Abort();
            upstream.Abort();
        });
        RelayOutcome outcome = new();
        ValueTask upward = RunDirectionAsync(new RelayDirection(client, upstream, RelaySide.Client, session, outcome));
        await RunDirectionAsync(new RelayDirection(upstream, client, RelaySide.Upstream, session, outcome)).ConfigureAwait(false);
        await upward.ConfigureAwait(false);
        if (outcome.Result.Failure is null) return default;
        client.Abort();
        upstream.Abort();
        return outcome.Result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask RunDirectionAsync(RelayDirection direction)
    {
        try
        {
            await direction.DrainPrefixAsync().ConfigureAwait(false);
            // Checked only now: a prefix hides the socket beneath it.
            Exception? failure = direction.Source is ReactorSocketStream source && direction.Target is ReactorSocketStream target
                ? await SocketPump.RunAsync(direction, source, target).ConfigureAwait(false)
                : await StreamPump.RunAsync(direction).ConfigureAwait(false);
            if (failure is not null)
            {
                direction.Fail(failure);
                return;
            }
            direction.Failing = direction.TargetSide;
            await direction.Target.CompleteWritesAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            direction.Fail(exception);
        }
    }
}
