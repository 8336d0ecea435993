namespace MultiExit.Engine.Fleet;

/// <summary>What the nodes of a fleet share: one interface for each concern. Every call may hang or fail.</summary>
internal interface IFleetStore : IAsyncDisposable
{
    /// <summary>The version of what is stored.</summary>
    IStoreSchema Schema { get; }

    /// <summary>Who is a member.</summary>
    INodeStore Nodes { get; }
}
