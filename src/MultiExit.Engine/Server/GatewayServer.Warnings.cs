using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>Warnings for the operator about the configuration in force.</content>
public sealed partial class GatewayServer
{
    private static readonly TimeSpan BetweenCertificates = TimeSpan.FromMinutes(10);

    private volatile IReadOnlyList<SetupWarning> _warnings = [];
    private volatile ServerWarning? _snatWarning;
    private volatile ServerWarning? _redirectWarning;
    private IReadOnlyList<ServerWarning> _certificatesTold = []; // of the sweeper, and of a change, which tells them itself
    private long _certificatesLooked;

    /// <summary>The warnings about the configuration in force that hold now. A reload replaces them, and a warning whose cause has been removed
    /// meanwhile is not among them.</summary>
    public IReadOnlyList<ServerWarning> GetWarnings()
    {
        // A server that has stopped has no means left to check.
        bool canLook = _state != ServerState.Stopped;
        IEnumerable<ServerWarning> setup = _warnings.Where(warning => !canLook || warning.StillHolds?.Invoke() != false).Select(warning => warning.Warning);
        return [.. CertificateWarnings(_listeners), .. setup, .. ((ServerWarning?[])[_snatWarning, _redirectWarning]).OfType<ServerWarning>(),
            .. StaleSets(), .. StaleLists(), .. BackEndsAway(), .. NotWritten(), .. _fleet.Warnings, .. _fleet.Status is null ? [] : Rollouts.Warnings,
            .. _unshared.Warnings];
    }

    private IEnumerable<ServerWarning> NotWritten() => Stores.Warnings.Concat(_records.Warnings)
        .Concat(_log.Problems.Select(log => Warnings.LogNotWritten(log.Place, log.Lost, log.Reason)));

    /// <summary>Adds a warning that holds until another configuration is in force.</summary>
    internal void Warn(ServerWarning warning)
    {
        _warnings = [.. _warnings, new SetupWarning(warning)];
        _log.Warn(warning);
    }

    // After the change to a configuration; nothing here can fail.
    private void WarnOf(GatewayConfig config)
    {
        bool pushes = _options.MetricPush is not null;
        _warnings = [.. SetupChecks.Find(config, _transport, pushes), .. FaultyBindings(config).Select(warning => new SetupWarning(warning))];
        _snatWarning = null;
        _redirectWarning = null;
        _certificatesTold = [.. CertificateWarnings(_listeners)];
        ServerWarning[] toldOtherwise = [.. NotWritten(), .. StaleSets(), .. StaleLists(), .. BackEndsAway(), .. _fleet.Warnings];
        foreach (ServerWarning warning in GetWarnings().Except(toldOtherwise)) _log.Warn(warning);
    }

    // A certificate may also end while it is in use.
    private IEnumerable<ServerWarning> CertificateWarnings(IEnumerable<InboundListener> listeners)
    {
        DateTimeOffset now = _options.Time.GetUtcNow();
        foreach (InboundListener listener in listeners.Where(listener => listener.HasTls))
        {
            string name = $"inbound {listener.Runtime.Config.Name}";
            if (listener.Runtime.Tls?.ProblemAt(now) is { } problem) yield return Warnings.Certificate(name, problem);
            foreach (string fault in listener.Runtime.Tls?.Clients?.ProblemsAt(now) ?? []) yield return Warnings.RevocationList(name, fault);
        }
    }

    // The log, and whoever listens to events, hears of a certificate that ends in use; once for each sentence, which changes from "ends soon" to
    // "expired".
    private void SweepCertificates()
    {
        if (_options.Time.GetElapsedTime(_certificatesLooked) < BetweenCertificates) return;
        _certificatesLooked = _options.Time.GetTimestamp();
        IReadOnlyList<ServerWarning> now = [.. CertificateWarnings(_listeners)];
        foreach (ServerWarning warning in now.Except(_certificatesTold)) _log.Warn(warning);
        _certificatesTold = now;
    }

    // Each once: a reload does not read the file again.
    private List<ServerWarning> FaultyBindings(GatewayConfig config)
    {
        List<ServerWarning> warnings = [];
        foreach (GroupState state in config.Groups.Where(group => group.StateFile is not null).Select(group => _groupStates.Get(group.Name)))
        {
            if (state.FaultyLines > 0) warnings.Add(Warnings.BindingsFaulty(state.Name, state.FaultyLines, state.File!.Path));
            state.FaultyLines = 0;
        }
        return warnings;
    }

    // It reports what is missing; setting it up is the operator's decision.
    private async Task CheckRedirectAsync(GatewayConfig config, CancellationToken cancellationToken)
    {
        ServerWarning? warning = await SetupChecks.FindRedirectAsync(config, _options.System, cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(config, _config)) return;
        _redirectWarning = warning;
        if (warning is not null) _log.Warn(warning);
    }

    // The same for source NAT.
    private async Task CheckSnatAsync(GatewayConfig config, CancellationToken cancellationToken)
    {
        if (config.Snat.Enabled && _exits?.Snat is { } guard) await guard.LookAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        // Without source NAT too: the result of a comparison for the configuration before is dropped.
        await _snatComparison.RunAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_snatWarning is { } warning) _log.Warn(warning);
    }

    // The warning of the start does not outlive the set-up that it asked for. The look that found the change does not wait for it.
    private async Task CheckSnatAgainAsync()
    {
        try
        {
            await _snatComparison.RunAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server has stopped.
        }
        catch (Exception exception)
        {
            _log.Unexpected("comparing the system with the plan for source NAT", exception);
        }
    }

    private async Task CompareSnatAsync(CancellationToken cancellationToken)
    {
        GatewayConfig config = _config;
        ServerWarning? warning = await SetupChecks.FindSnatAsync(config, _options.System, cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(config, _config)) _snatWarning = warning;
    }
}
