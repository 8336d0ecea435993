using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Status;

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

    /// <summary>What operators have to know now, beside how its runs end.</summary>
    IEnumerable<ServerWarning> Warnings => [];

    /// <summary>Begins.</summary>
    /// <param name="wake">Asks for a run soon. Thread-safe.</param>
    void Start(Action wake);

    /// <summary>One exchange with the store. It may be canceled or fail at any step, and is made again later.</summary>
    /// <param name="store">The store.</param>
    /// <param name="member">This node, which is a member while the exchange begins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken);

    /// <summary>What cannot wait for its turn; it goes on beside the runs until it is canceled.</summary>
    /// <param name="membership">Whether this server is a member.</param>
    /// <param name="open">Opens the store, or gives the one that is open.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task ServeAsync(Membership membership, Func<IFleetStore> open, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is left to write when the node leaves; it has a second with all others.</summary>
    Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) => Task.CompletedTask;
}
