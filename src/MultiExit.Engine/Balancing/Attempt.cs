using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.States;

namespace MultiExit.Engine.Balancing;

/// <summary>One dial of a member, with its state kept.</summary>
internal static class Attempt
{
    private const string DisabledReason = "disabled by an operator";
    private const string GoneReason = "it is no member any more";

    /// <summary>Dials a member and keeps its state.</summary>
    /// <param name="member">The member.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="limited">Fires also when the attempt has had its time.</param>
    /// <param name="limit">How long that is, for the failure's text.</param>
    public static ValueTask<DialResult> DialAsync(
        Member member, Destination destination, DialContext context, TimeProvider time, CancellationToken cancellationToken,
        CancellationToken? limited = null, TimeSpan limit = default) =>
        member.IsGone ? new(DialResult.Untried(member.Exit, GoneReason))
            : DialAsync(member.Exit, member.State, destination, context, time, cancellationToken, limited, limit);

    /// <summary>Dials an exit and keeps its state.</summary>
    public static async ValueTask<DialResult> DialAsync(
        IExit exit, ExitState state, Destination destination, DialContext context, TimeProvider time, CancellationToken cancellationToken,
        CancellationToken? limited = null, TimeSpan limit = default)
    {
        if (state.Disabled) return Disabled(exit);
        IExitLimit? ofExit = state.Limit;
        if (ofExit?.Begin() is { } reached) return DialResult.Untried(exit, reached);
        state.DialBegan();
        try
        {
            long began = time.GetTimestamp();
            DialResult result;
            try
            {
                result = await exit.DialAsync(destination, context, limited ?? cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (limited is not null && !cancellationToken.IsCancellationRequested)
            {
                result = DialResult.Failed(exit, DialFailure.TimedOut, Late(limit));
            }
            TimeSpan took = time.GetElapsedTime(began);
            if (result.Succeeded) state.DialSucceeded(took);
            else state.DialFailed(result.Failure, result.Detail);
            // What a group came to is what its members did.
            if (exit.Group is null)
            {
                context.Trace?.Add(new DialAttempt(exit.Name, took, result.Failure));
                state.Dialed?.Invoke(state.Account.Name, took, result.Failure);
            }
            return result;
        }
        finally
        {
            state.DialEnded();
            ofExit?.End();
        }
    }

    /// <summary>The answer of an exit that an operator has taken out of use.</summary>
    public static DialResult Disabled(IExit exit) => DialResult.Untried(exit, DisabledReason);

    /// <summary>Opens a datagram flow of a member and keeps its state; the parameters are those of the dial.</summary>
    public static ValueTask<UdpOpenResult> OpenUdpAsync(
        Member member, DialContext context, CancellationToken cancellationToken, CancellationToken? limited = null, TimeSpan limit = default) =>
        member.IsGone ? new(UdpOpenResult.Untried(member.Exit, GoneReason))
            : OpenUdpAsync(member.Exit, member.State, context, cancellationToken, limited, limit);

    /// <summary>Opens a datagram flow and keeps the exit's state.</summary>
    public static async ValueTask<UdpOpenResult> OpenUdpAsync(
        IExit exit, ExitState state, DialContext context, CancellationToken cancellationToken, CancellationToken? limited = null, TimeSpan limit = default)
    {
        if (state.Disabled) return UdpOpenResult.Untried(exit, DisabledReason);
        IExitLimit? ofExit = state.Limit;
        if (ofExit?.Begin() is { } reached) return UdpOpenResult.Untried(exit, reached);
        state.DialBegan();
        try
        {
            UdpOpenResult result;
            try
            {
                result = await exit.OpenUdpAsync(context, limited ?? cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (limited is not null && !cancellationToken.IsCancellationRequested)
            {
                result = UdpOpenResult.Failed(exit, DialFailure.TimedOut, Late(limit));
            }
            if (!result.Succeeded) state.DialFailed(result.Failure, result.Detail);
            // A proxy has answered; a socket of this host proves nothing about the exit.
            else if (exit.ProvesServer) state.Health.DialSucceeded();
            return result;
        }
        finally
        {
            state.DialEnded();
            ofExit?.End();
        }
    }

    private static string Late(TimeSpan limit) =>
        $"no answer within {DurationText.Seconds(limit)}, its share of the time for all attempts";
}
