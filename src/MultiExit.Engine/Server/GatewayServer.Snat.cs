using MultiExit.Engine.Snat;

namespace MultiExit.Engine.Server;

/// <content>Exits that wait for source NAT.</content>
public sealed partial class GatewayServer
{
    // Always the system with the configuration in force; not side by side, so that the newest result counts.
    private readonly CoalescedWork _snatComparison;

    private void WatchSnat(SnatGuard? added)
    {
        // A dial under way may still add to the result that was in force until now.
        SnatGuard[] left = [.. _snatGuards.Where(guard => guard.IsInForce || guard.HasOpen)];
        foreach (SnatGuard guard in _snatGuards) guard.Retire();
        if (added is not null)
        {
            added.Changed = (exit, refusal) =>
            {
                if (refusal is null) _log.ExitOpened(exit);
                else _log.ExitShut(exit, refusal);
                // One look may find many changes; they are compared with the plan once.
                _ = CheckSnatAgainAsync();
            };
        }
        _snatGuards = added is null ? left : [.. left, added];
    }

    private void SweepSnat()
    {
        foreach (SnatGuard guard in _snatGuards) guard.Sweep();
    }
}
