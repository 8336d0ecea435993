using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>Sets up policy routing and source NAT for the direct exits of a configuration: plan, apply, verify, remove. Linux only.
/// Its rules are recognised by the nftables table <c>inet multiexit</c> (or the iptables chains <c>MULTIEXIT-*</c>) and the routing
/// protocol number 77; nothing else is touched.</summary>
public sealed class SnatManager : Provisioner
{
    /// <summary>A manager for a configuration, whether its <c>snat.enabled</c> is true or not.</summary>
    public SnatManager(GatewayConfig config)
        : this(config, new SystemCommandRunner())
    {
    }

    internal SnatManager(GatewayConfig config, ICommandRunner system)
        : base(config, system, "snat")
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Plan() => [.. Build().Lines(Firewalls.Choose(Config.Snat.Backend, Runner), Runner)];

    /// <summary>The exits and the system's state for them. Where the system cannot be looked at, the result says so.</summary>
    /// <exception cref="ProxyException">The configuration contradicts itself.</exception>
    public async Task<SnatStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        SnatPlan plan = Build();
        try
        {
            RequireToLook();
            SystemState state = await ReadAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<SetupDifference> differences = SnatDifferences.Find(plan, state, Runner);
            return new(state.Firewall.Name, [.. plan.Exits.Select(exit => StatusOf(exit, differences))], differences, null);
        }
        catch (ProxyException exception)
        {
            return new(Firewalls.Choose(Config.Snat.Backend, Runner).Name,
                [.. plan.Exits.Select(exit => StatusOf(exit, null, exception.Message))], null, exception);
        }
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<SetupDifference>> VerifyAsync(CancellationToken cancellationToken = default)
    {
        SnatStatus status = await GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return status.Differences ?? throw status.Failure!;
    }

    private protected override async Task<IReadOnlyList<SetupStep>> ApplicationAsync(CancellationToken cancellationToken)
    {
        SnatPlan plan = Build();
        RequirePermission("apply");
        SystemState state = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return SnatCollisions.Find(plan, state, Runner) is { } collision
            ? throw new ProxyException(ProxyError.Provisioning, $"{collision.Message}; nothing has changed")
            : SnatSteps.ToApply(plan, state, Runner);
    }

    private protected override async Task<IReadOnlyList<SetupStep>> RemovalAsync(CancellationToken cancellationToken)
    {
        RequirePermission("remove");
        SystemState state = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return SnatCollisions.OtherOwner(Config.Name, state) is { } other
            ? throw new ProxyException(ProxyError.Provisioning, $"{other}; nothing has changed")
            : SnatSteps.ToRemove(state, Runner);
    }

    private Task<SystemState> ReadAsync(CancellationToken cancellationToken) => SystemState.ReadAsync(Config.Snat.Backend, Runner, cancellationToken);

    private SnatExitStatus StatusOf(SnatExit exit, IReadOnlyList<SetupDifference>? differences, string? failure = null)
    {
        string? reason = failure ?? SetupDifference.FirstOf(exit.Name, differences);
        return new(exit.Name, exit.Address, exit.Address is { } address && Runner.IsOnHost(address), exit.Gateway, exit.Interface, exit.Mark,
            exit.Table, differences is null ? null : reason is null, reason);
    }

    private SnatPlan Build()
    {
        IReadOnlyList<SnatExit> exits = SnatLayout.Create(Config, out IReadOnlyList<string> faults);
        return faults.Count == 0
            ? SnatPlan.Create(Config, exits, Runner.IsOnHost)
            : throw new ProxyException(ProxyError.InvalidConfiguration, $"snat: {faults[0]}");
    }
}
