namespace MultiExit.Engine.Routing.Conditions;

/// <summary>One condition of a rule, prepared for look-up. Immutable and thread-safe; a test allocates nothing.</summary>
/// <param name="key">Its key in the configuration.</param>
internal abstract class Condition(string key)
{
    public string Key { get; } = key;

    /// <summary>Whether it may depend on the addresses of the destination's name. Asked for only when they are not known.</summary>
    public virtual bool UsesAddresses => false;

    /// <summary>Tests a request.</summary>
    public abstract Truth Test(in RouteMatch match);

    /// <summary>For an explanation: why it does not hold, or what it would have to know.</summary>
    public abstract string Why(in RouteMatch match, Truth truth);

    /// <summary>For an explanation: what of the condition holds, where that is more than its text says; null: it says enough.</summary>
    public virtual string? Hit(in RouteMatch match) => null;

    protected static Truth Of(bool holds) => holds ? Truth.Yes : Truth.No;
}
