namespace MultiExit.Engine.Configuration.Settings;

/// <summary>What counts of quotas while the store of a fleet is away.</summary>
public enum FleetOutage
{
    /// <summary>Users use what is reserved for the node, and a stated part of the quota more.</summary>
    Allow,

    /// <summary>Users use what is reserved for the node, and nothing more.</summary>
    Refuse,
}
