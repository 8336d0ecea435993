namespace MultiExit.Engine.Configuration.Groups;

/// <summary>What a group does while none of its members is up.</summary>
public enum AllDownPolicy
{
    /// <summary>Uses them as if they were up: it may be the probe's target that is down.</summary>
    Try,

    /// <summary>Fails at once.</summary>
    Fail,
}
