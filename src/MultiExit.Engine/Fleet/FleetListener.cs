using MultiExit.Engine.Fleet.Nodes;

namespace MultiExit.Engine.Fleet;

/// <summary>Wakes works when other nodes have changed something.</summary>
/// <param name="fleet">The fleet.</param>
/// <param name="membership">It listens while this server is a member.</param>
/// <param name="open">Opens the store, or gives the one that is open.</param>
/// <param name="wake">Wakes the works of a topic; null: all of them.</param>
/// <param name="time">The clock.</param>
internal sealed class FleetListener(string fleet, Membership membership, Func<IFleetStore> open, Action<string?> wake, TimeProvider time)
{
    /// <summary>Listens until it is canceled.</summary>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (membership.Member is not null)
            {
                try
                {
                    await open().Changes.ListenAsync(fleet, () => wake(null), wake, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (Exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // The membership says what is wrong with the store; until it listens again, works run by their periods.
                }
            }
            await Task.Delay(FleetTimes.Retry, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
