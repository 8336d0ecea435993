using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>Sets up what leads the packets of a network to the transparent inbounds of a configuration: plan, apply, verify, remove. Linux with nftables
/// only. Its rules are recognised by the nftables table <c>inet multiexit_redirect</c> and the routing protocol number 78; nothing else is touched.</summary>
public sealed class RedirectManager : Provisioner
{
    /// <summary>A manager for a configuration.</summary>
    public RedirectManager(GatewayConfig config)
        : this(config, new SystemCommandRunner())
    {
    }

    internal RedirectManager(GatewayConfig config, ICommandRunner system)
        : base(config, system, "redirect")
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Plan() => [.. Build().Lines(Runner)];

    /// <summary>The inbounds and the system's state for them. Where the system cannot be looked at, the result says so.</summary>
    /// <exception cref="ProxyException">The configuration contradicts itself.</exception>
    public async Task<RedirectStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        RedirectPlan plan = Build();
        try
        {
            RequireToLook();
            RedirectState state = await RedirectState.ReadAsync(Runner, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<SetupDifference> differences = state.DifferencesTo(plan);
            return new([.. plan.Chains.Select(chain => StatusOf(chain, differences))], differences, null);
        }
        catch (ProxyException exception)
        {
            return new([.. plan.Chains.Select(chain => StatusOf(chain, null, exception.Message))], null, exception);
        }
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<SetupDifference>> VerifyAsync(CancellationToken cancellationToken = default)
    {
        RedirectStatus status = await GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return status.Differences ?? throw status.Failure!;
    }

    private protected override async Task<IReadOnlyList<SetupStep>> ApplicationAsync(CancellationToken cancellationToken)
    {
        RedirectPlan plan = Build();
        RequirePermission("apply");
        RedirectState state = await RedirectState.ReadAsync(Runner, cancellationToken).ConfigureAwait(false);
        if (state.CollisionWith(plan) is { } collision) throw new ProxyException(ProxyError.Provisioning, $"{collision.Message}; nothing has changed");
        // The way of the packets is there before the first one gets its mark, and an old one until none gets that mark any more.
        bool isInPlace = state.Table is { } table && table.Lines.SequenceEqual(plan.Expected, StringComparer.Ordinal);
        return
        [
            .. RoutingSteps.ToExtend(plan.Rules, plan.Routes, state.Rules, state.Routes, Runner),
            .. isInPlace ? (SetupStep[])[] : [plan.ToReplace(state.Table, Runner)],
            .. RoutingSteps.ToTidy(plan.Rules, plan.Routes, state.Rules, state.Routes, Runner),
        ];
    }

    private protected override async Task<IReadOnlyList<SetupStep>> RemovalAsync(CancellationToken cancellationToken)
    {
        RequirePermission("remove");
        RedirectState state = await RedirectState.ReadAsync(Runner, cancellationToken).ConfigureAwait(false);
        if (state.OtherOwner(Config.Name) is { } other) throw new ProxyException(ProxyError.Provisioning, $"{other}; nothing has changed");
        return
        [
            .. RoutingSteps.ToRemove(state.Rules, state.Routes, Runner),
            .. state.Table is { Owner: not null } ? (SetupStep[])[RedirectPlan.ToDelete(Runner)] : [],
        ];
    }

    private static RedirectInboundStatus StatusOf(RedirectChain chain, IReadOnlyList<SetupDifference>? differences, string? failure = null)
    {
        string? reason = failure ?? SetupDifference.FirstOf(chain.Inbound.Name, differences);
        return new(chain.Inbound.Name, chain.Inbound.Mode, chain.Inbound.Listen,
            [.. chain.Redirect.Interfaces, .. chain.Redirect.Networks.Select(network => network.ToString())],
            [.. chain.Redirect.Ports.Select(ports => ports.ToString())], chain.Inbound.Udp,
            chain.IsTproxy ? chain.Redirect.Mark : null, chain.IsTproxy ? chain.Redirect.Table : null, differences is null ? null : reason is null, reason);
    }

    private RedirectPlan Build()
    {
        RedirectPlan plan = RedirectPlan.Create(Config, out IReadOnlyList<string> faults);
        return faults.Count == 0 ? plan : throw new ProxyException(ProxyError.InvalidConfiguration, $"redirect: {faults[0]}");
    }
}
