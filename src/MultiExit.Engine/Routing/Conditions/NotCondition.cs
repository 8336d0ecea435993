namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>not</c>: its conditions do not all hold.</summary>
internal sealed class NotCondition(Condition inner) : Condition("not")
{
    public override bool UsesAddresses => inner.UsesAddresses;

    public override Truth Test(in RouteMatch match) => (Truth)(Truth.Yes - inner.Test(match));

    public override string Why(in RouteMatch match, Truth truth) => truth == Truth.Unknown
        ? $"not: {inner.Why(match, truth)}"
        : $"not: all of it holds{(inner.Hit(match) is { } hit ? $" ({hit})" : "")}";
}
