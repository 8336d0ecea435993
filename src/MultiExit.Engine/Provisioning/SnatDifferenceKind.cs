namespace MultiExit.Engine.Provisioning;

/// <summary>Where the system differs from the plan.</summary>
public enum SnatDifferenceKind
{
    /// <summary>Something of others is in the way: a mark, a table, a set-up of another configuration.</summary>
    Collision,

    /// <summary>An interface is not on this host.</summary>
    Interface,

    /// <summary>A kernel setting has another value.</summary>
    Setting,

    /// <summary>A rule of <c>ip rule</c> is missing, or one is left over.</summary>
    Rule,

    /// <summary>A route of a table is missing, or one is left over.</summary>
    Route,

    /// <summary>The firewall lacks something, or has other rules under our names.</summary>
    Firewall,
}
