using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>One dial of a member, with its state kept.</summary>
internal static class Attempt
{
    public static ValueTask<DialResult> DialAsync(
        Member member, Destination destination, DialContext context, TimeProvider time, CancellationToken cancellationToken) =>
        DialAsync(member.Exit, member.State, destination, context, time, cancellationToken);

    /// <summary>Dials an exit and keeps its state.</summary>
    public static async ValueTask<DialResult> DialAsync(
        IExit exit, ExitState state, Destination destination, DialContext context, TimeProvider time, CancellationToken cancellationToken)
    {
        if (state.Disabled) return Disabled(exit);
        state.DialBegan();
        try
        {
            long began = time.GetTimestamp();
            DialResult result = await exit.DialAsync(destination, context, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded) state.DialSucceeded(time.GetElapsedTime(began));
            else state.DialFailed(result.Failure, result.Detail);
            return result;
        }
        finally
        {
            state.DialEnded();
        }
    }

    /// <summary>The answer of an exit that an operator has taken out of use.</summary>
    public static DialResult Disabled(IExit exit) => DialResult.Failed(DialFailure.General, $"{exit.Name}: disabled by an operator", exit);

    public static ValueTask<UdpOpenResult> OpenUdpAsync(Member member, DialContext context, CancellationToken cancellationToken) =>
        OpenUdpAsync(member.Exit, member.State, context, cancellationToken);

    /// <summary>Opens a datagram flow and keeps the exit's state.</summary>
    public static async ValueTask<UdpOpenResult> OpenUdpAsync(IExit exit, ExitState state, DialContext context, CancellationToken cancellationToken)
    {
        if (state.Disabled) return UdpOpenResult.Failed(DialFailure.General, Disabled(exit).Detail!);
        state.DialBegan();
        try
        {
            UdpOpenResult result = await exit.OpenUdpAsync(context, cancellationToken).ConfigureAwait(false);
            if (!result.Succeeded) state.DialFailed(result.Failure, result.Detail);
            return result;
        }
        finally
        {
            state.DialEnded();
        }
    }
}
