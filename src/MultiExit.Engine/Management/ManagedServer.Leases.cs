using MultiExit.Engine.Errors;
using MultiExit.Engine.Takeover;

namespace MultiExit.Engine.Management;

/// <content>Of two processes one renews the leases of exits, and the other still has connections from their addresses.</content>
public sealed partial class ManagedServer
{
    private static readonly TimeSpan LeasesEvery = TimeSpan.FromSeconds(1);

    // To the process before, until it is gone.
    private async Task TellLeasesAsync(TakeoverChannel channel, CancellationToken gone)
    {
        try
        {
            using PeriodicTimer timer = new(LeasesEvery, _time);
            do await channel.SendAsync(new TakeoverMessage(TakeoverStep.Leases) { Leases = Gateway.Leases.Export() }, gone).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(gone).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // What it was told last counts; it ends with its leases.
        }
    }

    // From the process that has taken over.
    private async Task FollowLeasesAsync(TakeoverChannel channel)
    {
        try
        {
            while (await channel.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } message)
                if (message.Kind == TakeoverStep.Leases) Gateway.Leases.Follow(message.Leases);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or ProxyException)
        {
            // The leases end when their time is over.
        }
    }
}
