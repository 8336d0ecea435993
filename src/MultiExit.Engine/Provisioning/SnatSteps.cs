using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>The steps of source NAT from the present state to the wanted one.</summary>
internal static class SnatSteps
{
    /// <summary>From a state to a plan. The firewall comes first: it keeps the rp_filter values to restore, so whatever a crash
    /// leaves behind can be repaired or removed.</summary>
    public static IReadOnlyList<SetupStep> ToApply(SnatPlan plan, SystemState state, ICommandRunner system)
    {
        Dictionary<string, string> filters = Filters(plan, state, system);
        List<SetupStep> steps = [];
        steps.AddRange(state.Firewall.ToApply(plan, filters, state.Nat, system));
        foreach ((string device, string value) in state.Filters)
            if (!plan.LooseInterfaces.Contains(device, StringComparer.Ordinal)) AddFilter(steps, device, value, system);
        foreach (string device in plan.LooseInterfaces) AddFilter(steps, device, SnatPlan.Loose, system);
        steps.AddRange(RoutingSteps.ToApply(plan.Rules, plan.Routes, state.Rules, state.Routes, system));
        return steps;
    }

    /// <summary>From a state to one without MultiExit's rules; the firewall's are removed last.</summary>
    public static IReadOnlyList<SetupStep> ToRemove(SystemState state, ICommandRunner system)
    {
        List<SetupStep> steps = [.. RoutingSteps.ToRemove(state.Rules, state.Routes, system)];
        if (state.Nat is not { Owner: not null } nat) return steps;
        foreach ((string device, string value) in nat.Filters) AddFilter(steps, device, value, system);
        steps.AddRange(state.Firewall.ToRemove(nat, system));
        return steps;
    }

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

    private static void AddFilter(List<SetupStep> steps, string device, string value, ICommandRunner system)
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
}
