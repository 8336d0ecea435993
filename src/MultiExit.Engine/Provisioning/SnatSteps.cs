using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>The steps from the present state to the wanted one, and taking them all or none.</summary>
internal sealed class SnatSteps(ICommandRunner system)
{
    /// <summary>From a state to a plan. The firewall comes first: it keeps the rp_filter values to restore, so whatever a crash
    /// leaves behind can be repaired or removed.</summary>
    public static IReadOnlyList<SnatStep> ToApply(SnatPlan plan, SystemState state, ICommandRunner system)
    {
        Dictionary<string, string> filters = Filters(plan, state, system);
        List<SnatStep> steps = [];
        steps.AddRange(state.Firewall.ToApply(plan, filters, state.Nat, system));
        foreach ((string device, string value) in state.Filters)
            if (!plan.LooseInterfaces.Contains(device, StringComparer.Ordinal)) AddFilter(steps, device, value, system);
        foreach (string device in plan.LooseInterfaces) AddFilter(steps, device, SnatPlan.Loose, system);
        List<PolicyRule> rules = [.. state.Rules];
        List<PolicyRoute> routes = [.. state.Routes];
        steps.AddRange(Surplus(rules, plan.Rules).Select(rule => IpStep(rule.Delete, rule.Add, system)));
        steps.AddRange(Surplus(routes, plan.Routes).Select(route => IpStep(route.Delete, route.Add, system)));
        // A route before the rule that leads to it: no packet meets an empty table.
        steps.AddRange(plan.Routes.Except(routes).Select(route => IpStep(route.Add, route.Delete, system)));
        steps.AddRange(plan.Rules.Except(rules).Select(rule => IpStep(rule.Add, rule.Delete, system)));
        return steps;
    }

    /// <summary>From a state to one without MultiExit's rules; the firewall's are removed last.</summary>
    public static IReadOnlyList<SnatStep> ToRemove(SystemState state, ICommandRunner system)
    {
        List<SnatStep> steps = [.. state.Rules.Select(rule => IpStep(rule.Delete, rule.Add, system)),
            .. state.Routes.Select(route => IpStep(route.Delete, route.Add, system))];
        if (state.Nat is not { Owner: not null } nat) return steps;
        foreach ((string device, string value) in nat.Filters) AddFilter(steps, device, value, system);
        steps.AddRange(state.Firewall.ToRemove(nat, system));
        return steps;
    }

    /// <summary>Takes the steps; when one fails, those before it are undone in reverse.</summary>
    /// <returns>The steps that were taken.</returns>
    /// <exception cref="ProxyException">A step failed.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<SnatStep> steps, CancellationToken cancellationToken)
    {
        int done = 0;
        try
        {
            for (; done < steps.Count; done++) await steps[done].DoAsync(cancellationToken).ConfigureAwait(false);
            return [.. steps.Select(step => step.Text)];
        }
        catch (Exception exception) when (exception is ProxyException or OperationCanceledException)
        {
            List<string> left = [];
            while (--done >= 0)
            {
                try
                {
                    await steps[done].UndoAsync(CancellationToken.None).ConfigureAwait(false);
                }
                catch (ProxyException)
                {
                    left.Add(steps[done].Text);
                }
            }
            if (exception is OperationCanceledException) throw;
            string end = left.Count == 0 ? "nothing has changed" : $"not undone: {string.Join("; ", left)}; run the command again";
            throw new ProxyException(ProxyError.Provisioning, $"{exception.Message}{Advice(exception.Message)}; {end}", exception);
        }
    }

    private string Advice(string message) =>
        message.Contains("Cannot find device", StringComparison.Ordinal) ? " (the interface is gone: bring it up or name another)"
        : message.Contains("invalid gateway", StringComparison.Ordinal) || message.Contains("Network is unreachable", StringComparison.Ordinal)
            || message.Contains("No route to host", StringComparison.Ordinal) ? " (the gateway must be in a network of the interface, and the interface up)"
        : system.MayChangeNetwork ? "" : " (CAP_NET_ADMIN is missing: run it as root)";

    // The value from before the first change by MultiExit, however often apply ran.
    private static Dictionary<string, string> Filters(SnatPlan plan, SystemState state, ICommandRunner system)
    {
        Dictionary<string, string> filters = new(StringComparer.Ordinal);
        foreach (string device in plan.LooseInterfaces)
        {
            if (state.Filters.TryGetValue(device, out string? kept)) filters[device] = kept;
            else if (system.ReadSetting(SnatPlan.FilterFile(device)) is { } value) filters[device] = value;
            else throw new ProxyException(ProxyError.Provisioning,
                $"the interface {device} is not on this host; bring it up or name another; nothing has changed");
        }
        return filters;
    }

    private static void AddFilter(List<SnatStep> steps, string device, string value, ICommandRunner system)
    {
        string file = SnatPlan.FilterFile(device);
        // An interface that no longer exists has taken its setting along.
        if (system.ReadSetting(file) is not { } present || present == value) return;
        steps.Add(new($"{file} = {value}", _ => Write(value), _ => Write(present)) { Script = $"echo {value} > {file}" });
        Task Write(string text)
        {
            system.WriteSetting(file, text);
            return Task.CompletedTask;
        }
    }

    private static IEnumerable<T> Surplus<T>(List<T> present, IReadOnlyList<T> planned)
    {
        HashSet<T> seen = [];
        return present.Where(item => !planned.Contains(item) || !seen.Add(item));
    }

    private static SnatStep IpStep(string[] change, string[] opposite, ICommandRunner system) => new(
        $"ip {string.Join(' ', change)}",
        token => system.DemandAsync("ip", change, null, token), token => system.DemandAsync("ip", opposite, null, token));
}
