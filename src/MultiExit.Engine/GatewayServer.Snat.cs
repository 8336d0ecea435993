using MultiExit.Engine.Configuration;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Engine;

/// <content>Exits that wait for source NAT.</content>
public sealed partial class GatewayServer
{
    // Says what is missing; setting it up is the operator's decision.
    private async Task CheckSnatAsync(GatewayConfig config, CancellationToken cancellationToken)
    {
        if (!config.Snat.Enabled) return;
        if (_exits?.Snat is { } guard) await guard.LookAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<SnatDifference> differences = await new SnatManager(config, _options.System).VerifyAsync(cancellationToken).ConfigureAwait(false);
            if (differences.Count == 0) return;
            string more = differences.Count == 1 ? "" : $" and {differences.Count - 1} more";
            _log.Warn($"snat: the system is not set up as planned, run `multiexit snat apply`: {differences[0]}{more}");
        }
        catch (ProxyException exception)
        {
            _log.Warn($"snat: the set-up cannot be checked: {exception.Message}");
        }
    }

    private void WatchSnat(SnatGuard? added)
    {
        // A dial under way may still add to the one that was in force until now.
        SnatGuard[] left = [.. _snatGuards.Where(guard => guard.IsInForce || guard.HasOpen)];
        foreach (SnatGuard guard in _snatGuards) guard.Retire();
        if (added is not null)
        {
            added.Changed = (exit, refusal) =>
            {
                if (refusal is null) _log.ExitOpened(exit);
                else _log.ExitShut(exit, refusal);
            };
        }
        _snatGuards = added is null ? left : [.. left, added];
    }

    private void SweepSnat()
    {
        foreach (SnatGuard guard in _snatGuards) guard.Sweep();
    }
}
