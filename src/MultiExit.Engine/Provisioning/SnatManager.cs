using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>Sets up policy routing and source NAT for the direct exits of a configuration: plan, apply, verify, remove. Linux only.
/// Its rules are recognised by the nftables table <c>inet multiexit</c> (or the iptables chains <c>MULTIEXIT-*</c>) and the routing
/// protocol number 77; nothing else is touched.</summary>
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
    public IReadOnlyList<string> Plan() => [.. Build().Lines(Firewalls.Choose(_config.Snat.Backend, _system), _system)];

    /// <summary>The commands that <see cref="ApplyAsync"/> or <see cref="RemoveAsync"/> would run now, one a line. Changes nothing.</summary>
    /// <param name="remove">Whether those of removal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyException">They would fail before their first step; the message says why.</exception>
    public async Task<IReadOnlyList<string>> PreviewAsync(bool remove, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<SnatStep> steps = await (remove ? RemovalAsync(cancellationToken) : ApplicationAsync(cancellationToken)).ConfigureAwait(false);
        return [.. steps.SelectMany(step => step.Script.Split('\n'))];
    }

    /// <summary>The exits and the system's state for them. Where the system cannot be looked at, the result says so.</summary>
    /// <exception cref="ProxyException">The configuration contradicts itself.</exception>
    public async Task<SnatStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        SnatPlan plan = Build();
        try
        {
            if (!_system.MayChangeNetwork)
                throw new ProxyException(ProxyError.PermissionDenied,
                    "looking at the firewall needs CAP_NET_ADMIN; run as root, or give the service that capability");
            SystemState state = await ReadAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<SnatDifference> differences = SnatDifferences.Find(plan, state, _system);
            return new(state.Firewall.Name, [.. plan.Exits.Select(exit => StatusOf(exit, differences))], differences, null);
        }
        catch (ProxyException exception)
        {
            return new(Firewalls.Choose(_config.Snat.Backend, _system).Name,
                [.. plan.Exits.Select(exit => StatusOf(exit, null, exception.Message))], null, exception);
        }
    }

    /// <summary>Compares the system with the plan.</summary>
    /// <returns>The differences; empty when everything is in place.</returns>
    /// <exception cref="ProxyException">CAP_NET_ADMIN or a program is missing, or the configuration contradicts itself.</exception>
    public async Task<IReadOnlyList<SnatDifference>> VerifyAsync(CancellationToken cancellationToken = default)
    {
        SnatStatus status = await GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return status.Differences ?? throw status.Failure!;
    }

    /// <summary>Makes what is missing and removes MultiExit's rules that are no longer in the plan. When a step fails, the steps before it
    /// are undone.</summary>
    /// <returns>The steps taken; empty when everything was in place.</returns>
    /// <exception cref="ProxyException">Nothing has changed; the message says why and what to do.</exception>
    public Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default) => ChangeAsync("apply", ApplicationAsync, cancellationToken);

    /// <summary>Removes everything that was made for this configuration, and nothing else.</summary>
    /// <returns>The steps taken; empty when there was nothing.</returns>
    /// <exception cref="ProxyException">It is not removed; the message says why and what to do.</exception>
    public Task<IReadOnlyList<string>> RemoveAsync(CancellationToken cancellationToken = default) => ChangeAsync("remove", RemovalAsync, cancellationToken);

    // The system is looked at and changed by one process at a time.
    private async Task<IReadOnlyList<string>> ChangeAsync(
        string verb, Func<CancellationToken, Task<IReadOnlyList<SnatStep>>> find, CancellationToken cancellationToken)
    {
        RequirePermission(verb);
        using IDisposable alone = await SnatLock.TakeAsync(SnatLock.SystemPath, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SnatStep> steps = await find(cancellationToken).ConfigureAwait(false);
        return await new SnatSteps(_system).RunAsync(steps, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<SnatStep>> ApplicationAsync(CancellationToken cancellationToken)
    {
        SnatPlan plan = Build();
        RequirePermission("apply");
        SystemState state = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return SnatCollisions.Find(plan, state, _system) is { } collision
            ? throw new ProxyException(ProxyError.Provisioning, $"{collision.Message}; nothing has changed")
            : SnatSteps.ToApply(plan, state, _system);
    }

    private async Task<IReadOnlyList<SnatStep>> RemovalAsync(CancellationToken cancellationToken)
    {
        RequirePermission("remove");
        SystemState state = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return SnatCollisions.OtherOwner(_config.Name, state) is { } other
            ? throw new ProxyException(ProxyError.Provisioning, $"{other}; nothing has changed")
            : SnatSteps.ToRemove(state, _system);
    }

    private Task<SystemState> ReadAsync(CancellationToken cancellationToken) => SystemState.ReadAsync(_config.Snat.Backend, _system, cancellationToken);

    private SnatExitStatus StatusOf(SnatExit exit, IReadOnlyList<SnatDifference>? differences, string? failure = null)
    {
        string? reason = failure ?? FirstOf(exit, differences);
        return new(exit.Name, exit.Address, exit.Address is { } address && _system.IsOnHost(address), exit.Gateway, exit.Interface, exit.Mark,
            exit.Table, differences is null ? null : reason is null, reason);
    }

    // A reason why the whole set-up does not fit says more than the parts that are missing for it.
    private static string? FirstOf(SnatExit exit, IReadOnlyList<SnatDifference>? differences) =>
        differences?.FirstOrDefault(difference => difference.Exit == exit.Name) is not { } own ? null
        : differences.FirstOrDefault(difference => difference is { Exit: null, Kind: SnatDifferenceKind.Collision })?.Message ?? own.Message;

    private SnatPlan Build()
    {
        IReadOnlyList<SnatExit> exits = SnatLayout.Create(_config, out IReadOnlyList<string> faults);
        return faults.Count == 0
            ? SnatPlan.Create(_config, exits, _system.IsOnHost)
            : throw new ProxyException(ProxyError.InvalidConfiguration, $"snat: {faults[0]}");
    }

    private void RequirePermission(string verb)
    {
        if (!_system.MayChangeNetwork)
            throw new ProxyException(ProxyError.PermissionDenied,
                $"snat {verb} needs CAP_NET_ADMIN; run it as root (sudo multiexit snat {verb} ...); nothing has changed");
    }
}
