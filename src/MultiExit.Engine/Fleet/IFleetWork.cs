namespace MultiExit.Engine.Fleet;

/// <summary>What a node does with the store again and again, one for each kind of data that nodes share. It has its own state between two runs;
/// nothing that serves clients waits for it.</summary>
internal interface IFleetWork : IDisposable
{
    /// <summary>What is shared, as operators are told and as a change of it is announced to other nodes.</summary>
    string Topic { get; }

    /// <summary>The longest time between two runs; it runs sooner when it is woken.</summary>
    TimeSpan Period { get; }

    /// <summary>Whether a run may take long, so that others must not wait for it.</summary>
    bool IsBulk => false;

    /// <summary>Begins.</summary>
    /// <param name="wake">Asks for a run soon. Thread-safe.</param>
    void Start(Action wake);

    /// <summary>One exchange with the store. It may be canceled or fail at any step, and is made again later.</summary>
    /// <param name="store">The store.</param>
    /// <param name="member">This node, which is a member while the exchange begins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken);

    /// <summary>What is left to write when the node leaves; it has a second with all others.</summary>
    Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) => Task.CompletedTask;
}
