using MultiExit.Engine.Configuration;

namespace MultiExit.Engine.Provisioning;

/// <summary>Sets up policy routing and source NAT for the direct exits of a configuration: plan, apply, verify, remove. Linux only.
/// What it made is recognised by the nftables table <c>inet multiexit</c> and the routing protocol number 77; nothing else is touched.</summary>
public sealed class SnatManager
{
    private readonly ICommandRunner _system;
    private readonly GatewayConfig _config;

    /// <summary>A manager for a configuration, whether its <c>snat.enabled</c> is true or not.</summary>
    public SnatManager(GatewayConfig config)
        : this(config, new SystemCommandRunner())
    {
    }

    internal SnatManager(GatewayConfig config, ICommandRunner system)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        _system = system;
    }

    /// <summary>The commands that make the set-up, one a line. Reads the host's addresses, changes nothing, needs no privileges.</summary>
    /// <exception cref="ProxyException">The configuration contradicts itself.</exception>
    public IReadOnlyList<string> Plan() => [.. Build().Lines()];

    /// <summary>Compares the system with the plan.</summary>
    /// <returns>The differences, one sentence each; empty when everything is in place.</returns>
    /// <exception cref="ProxyException">CAP_NET_ADMIN or a program is missing, or the configuration contradicts itself.</exception>
    public async Task<IReadOnlyList<string>> VerifyAsync(CancellationToken cancellationToken = default)
    {
        SnatPlan plan = Build();
        RequirePermission("verify");
        return SnatDifferences.Find(plan, await SystemState.ReadAsync(_system, cancellationToken).ConfigureAwait(false), _system);
    }

    /// <summary>Makes what is missing and removes what of ours is no longer in the plan. When a step fails, the steps before it are undone.</summary>
    /// <returns>The steps taken; empty when everything was in place.</returns>
    /// <exception cref="ProxyException">Nothing has changed; the message says why and what to do.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default)
    {
        SnatPlan plan = Build();
        RequirePermission("apply");
        SystemState state = await SystemState.ReadAsync(_system, cancellationToken).ConfigureAwait(false);
        if (SnatCollisions.Find(plan, state) is { } collision) throw new ProxyException(ProxyError.Provisioning, collision);
        return await new SnatSteps(_system).RunAsync(SnatSteps.ToApply(plan, state, _system), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes everything that was made for this configuration, and nothing else.</summary>
    /// <returns>The steps taken; empty when there was nothing.</returns>
    /// <exception cref="ProxyException">It is not removed; the message says why and what to do.</exception>
    public async Task<IReadOnlyList<string>> RemoveAsync(CancellationToken cancellationToken = default)
    {
        RequirePermission("remove");
        SystemState state = await SystemState.ReadAsync(_system, cancellationToken).ConfigureAwait(false);
        if (SnatCollisions.OtherOwner(_config.Name, state) is { } other) throw new ProxyException(ProxyError.Provisioning, other);
        return await new SnatSteps(_system).RunAsync(SnatSteps.ToRemove(state, _system), cancellationToken).ConfigureAwait(false);
    }

    private SnatPlan Build()
    {
        IReadOnlyList<SnatExit> exits = SnatLayout.Create(_config, out IReadOnlyList<string> faults);
        return faults.Count == 0
            ? SnatPlan.Create(_config.Name, exits, _system.IsOnHost)
            : throw new ProxyException(ProxyError.InvalidConfiguration, $"snat: {faults[0]}");
    }

    private void RequirePermission(string verb)
    {
        if (!_system.MayChangeNetwork)
            throw new ProxyException(ProxyError.PermissionDenied, $"snat {verb} needs CAP_NET_ADMIN; run it as root (sudo multiexit snat {verb} ...)");
    }
}
