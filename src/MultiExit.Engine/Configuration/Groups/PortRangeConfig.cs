namespace MultiExit.Engine.Configuration.Groups;

/// <summary>A range of destination ports and the member of the group that takes it.</summary>
/// <param name="Ports">The ports.</param>
/// <param name="Exit">The member's name.</param>
public sealed record PortRangeConfig(PortRange Ports, string Exit);
