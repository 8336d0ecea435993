namespace MultiExit.Engine.Provisioning;

/// <summary>Where the system differs from the plan.</summary>
public enum SetupDifferenceKind
{
    /// <summary>A mark, a table or a set-up of another program or configuration is in the way.</summary>
    Collision,

    /// <summary>An interface is not on this host.</summary>
    Interface,

    /// <summary>A kernel setting has another value.</summary>
    Setting,

    /// <summary>A rule of <c>ip rule</c> is missing, or one is left over.</summary>
    Rule,

    /// <summary>A route of a table is missing, or one is left over.</summary>
    Route,

    /// <summary>The firewall lacks something, or has other rules under MultiExit's names.</summary>
    Firewall,
}
