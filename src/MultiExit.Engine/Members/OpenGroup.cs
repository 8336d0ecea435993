using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.States;

namespace MultiExit.Engine.Members;

/// <summary>A group in force that takes members at run time.</summary>
/// <param name="Config">Its configuration.</param>
/// <param name="List">Its members.</param>
/// <param name="State">Its state.</param>
/// <param name="Check">How members that come are checked; null: not at all.</param>
internal sealed record OpenGroup(GroupConfig Config, GroupMembers List, ExitState State, HealthConfig? Check)
{
    public string Name => Config.Name;

    /// <summary>Members that are published now. Under the lock of the table.</summary>
    public int Published { get; set; }

    /// <summary>Members of its list. Under the lock of the table.</summary>
    public int Listed { get; set; }
}
