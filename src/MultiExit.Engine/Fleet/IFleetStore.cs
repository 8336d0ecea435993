using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Nodes;

namespace MultiExit.Engine.Fleet;

/// <summary>What the nodes of a fleet share: one interface for each concern. Every call may hang or fail.</summary>
internal interface IFleetStore : IAsyncDisposable
{
    /// <summary>The version of what is stored.</summary>
    IStoreSchema Schema { get; }

    /// <summary>What others have changed.</summary>
    IChangeFeed Changes { get; }

    /// <summary>Who is a member.</summary>
    INodeStore Nodes { get; }

    /// <summary>Which clients are locked out.</summary>
    ILockoutStore Lockouts { get; }
}
