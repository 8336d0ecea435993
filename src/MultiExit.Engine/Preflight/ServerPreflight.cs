using MultiExit.Engine.Configuration;
using MultiExit.Engine.Preflight.Checks;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Preflight;

/// <summary>Checks whether this host has what a configuration needs, each thing with what helps. Nothing is changed; the only packets that are sent are a
/// query to each configured resolver, and to the store of the fleet.</summary>
public static class ServerPreflight
{
    // In the order of the results; docs/operations.md has the same table.
    private static readonly PreflightCheck[] Checks =
    [
        new CapabilityCheck(), new PortCheck(), new CertificateDaysCheck(), new EchLibraryCheck(), new ResolverCheck(), new ClockCheck(),
        new DescriptorCheck(), new EphemeralPortCheck(), new BufferCheck(), new ConnectionTrackingCheck(), new SourceFilterCheck(), new FirewallCheck(),
        new StoreCheck(),
    ];

    /// <summary>The names of the checks.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Checks.Select(check => check.Name)];

    /// <summary>Checks this host before a start.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    /// <returns>The results in the order of <see cref="Names"/>, at least one of each.</returns>
    public static Task<IReadOnlyList<PreflightResult>> RunAsync(GatewayConfig config, CancellationToken cancellationToken = default) =>
        RunAsync(config, isRunning: false, cancellationToken);

    /// <inheritdoc cref="RunAsync(GatewayConfig, CancellationToken)"/>
    /// <param name="config">The configuration.</param>
    /// <param name="isRunning">Whether a server of this process has it in force.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    internal static async Task<IReadOnlyList<PreflightResult>> RunAsync(GatewayConfig config, bool isRunning, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        PortableTransport transport = new();
        await using (transport.ConfigureAwait(false))
        {
            SystemNameResolver names = new(TimeProvider.System);
            PreflightContext context = new(config, SystemFiles.OfHost, new SystemCommandRunner(), transport, TimeProvider.System, isRunning)
            {
                Resolver = resolver => new DohClient(resolver, transport, names, TimeProvider.System),
            };
            return await RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    internal static async Task<IReadOnlyList<PreflightResult>> RunAsync(PreflightContext context, CancellationToken cancellationToken)
    {
        List<PreflightResult> results = [];
        foreach (PreflightCheck check in Checks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.AddRange(await check.LookAsync(context, cancellationToken).ConfigureAwait(false));
        }
        return results;
    }
}
