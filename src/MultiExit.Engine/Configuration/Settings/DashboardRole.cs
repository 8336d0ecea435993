namespace MultiExit.Engine.Configuration.Settings;

/// <summary>What a user of the dashboard may do.</summary>
public enum DashboardRole
{
    /// <summary>Looks, and changes nothing.</summary>
    Reader,

    /// <summary>Enables, disables and weighs exits, ends sessions, confirms changes and restores versions as well.</summary>
    Operator,
}
