namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>The race of the carriers for one session: the first to be acknowledged carries it.</summary>
internal sealed class EchTunnelClaim
{
    private readonly TaskCompletionSource<EchTunnelClientCarrier> _winner = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    private EchTunnelClaim(int carriers) => _left = carriers;

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Claims a session on all carriers.</summary>
    /// <returns>The winner and the session's id.</returns>
    /// <exception cref="EchTunnelClaimLostException">All carriers have ended.</exception>
    public static async Task<(EchTunnelClientCarrier Carrier, Guid Id)> RunAsync(
        IReadOnlyList<EchTunnelClientCarrier> carriers, CancellationToken cancellationToken)
    {
        EchTunnelClaim claim = new(carriers.Count);
        try
        {
            foreach (EchTunnelClientCarrier carrier in carriers) carrier.Enter(claim);
            return (await claim._winner.Task.WaitAsync(cancellationToken).ConfigureAwait(false), claim.Id);
        }
        finally
        {
            foreach (EchTunnelClientCarrier carrier in carriers) carrier.Leave(claim);
        }
    }

    /// <summary>A carrier was acknowledged; only the first counts.</summary>
    public void Won(EchTunnelClientCarrier carrier) => _winner.TrySetResult(carrier);

    /// <summary>A carrier has ended before it was.</summary>
    public void Lost(Exception reason)
    {
        if (Interlocked.Decrement(ref _left) == 0) _winner.TrySetException(new EchTunnelClaimLostException(reason));
    }
}
