using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>Obstacles to a plan: things of other programs that it would touch.</summary>
internal static class SnatCollisions
{
    /// <summary>The first obstacle; null: there is none.</summary>
    public static SetupDifference? Find(SnatPlan plan, SystemState state, ICommandRunner system)
    {
        if (state.Nat is { Owner: null }) return Of(null, $"{state.Firewall.Place} was not made by MultiExit; remove or rename what is there");
        if (state.Nat is not null && Firewalls.Contradicts(plan.Backend, state.Firewall))
            return Of(null, $"the set-up on this host was made with {state.Firewall.Name}; run `multiexit snat remove` before changing snat.backend");
        foreach (SnatExit exit in plan.Exits)
        {
            RoutingState routing = exit.IsIpv6 ? state.Ipv6 : state.Ipv4;
            if (routing.OtherTables.Contains(exit.Table))
                return Of(exit,
                    $"the routing table {exit.Table} of the exit {exit.Name} has routes that MultiExit did not make; choose another snat.table_base");
            if (routing.OtherRules.Any(rule => rule.Table == exit.Table))
                return Of(exit,
                    $"the routing table {exit.Table} of the exit {exit.Name} is used by a rule that MultiExit did not make; choose another snat.table_base");
            if (routing.OtherRules.Any(rule => rule.Mark == exit.Mark))
                return Of(exit, $"the mark {exit.Mark} of the exit {exit.Name} is used by a rule that MultiExit did not make; choose another snat.mark_base");
        }
        foreach ((SnatExit overtaken, OtherNat nat) in state.Nat?.Overtaking(plan, system) ?? [])
            if (!nat.CanBePassed) return Overtaken(overtaken, nat);
        return OtherOwner(plan.Owner, state) is { } other ? Of(null, other) : null;
    }

    /// <summary>The chains and rules by which other programs may rewrite an exit's packets.</summary>
    public static SetupDifference Overtaken(SnatExit exit, OtherNat other) => Of(exit, other.CanBePassed
        ? $"{other.Place} stands before our source NAT and may give packets of the exit {exit.Name} another address; "
            + "run `multiexit snat apply` to get before it"
        : $"{other.Place} may run before our source NAT and give packets of the exit {exit.Name} another address; remove it or give it a higher priority");

    /// <summary>A sentence when the set-up belongs to another configuration; null when it does not.</summary>
    public static string? OtherOwner(string owner, SystemState state) => state.Nat?.Owner is { } other && other != owner
        ? $"the set-up on this host belongs to the configuration {other}; run `multiexit snat remove` with that configuration first"
        : null;

    private static SetupDifference Of(SnatExit? exit, string message) => new(exit?.Name, SetupDifferenceKind.Collision, message);
}
