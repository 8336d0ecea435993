using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet;

/// <summary>The node that the configuration in force asks for, or none. Thread-safe, but for <see cref="Use"/> and <see cref="DisposeAsync"/>, which
/// are called one after the other.</summary>
/// <param name="open">Opens a store.</param>
/// <param name="works">Makes what a node shares.</param>
/// <param name="version">The version of the program.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class FleetKeeper(
    Func<FleetConfig, IFleetStore> open, Func<IReadOnlyList<IFleetWork>> works, string version, EngineLog log, TimeProvider time) : IAsyncDisposable
{
    private volatile FleetNode? _node;
    private Task _leaving = Task.CompletedTask;

    /// <summary>The fleet as it is known now; null: there is none.</summary>
    public FleetStatus? Status => _node?.Status;

    private FleetNode Node =>
        _node ?? throw new ProxyException(ProxyError.ServerState, "this server is in no fleet; `fleet` of its configuration says in which");

    /// <summary>What operators have to know now.</summary>
    public IEnumerable<ServerWarning> Warnings => _node?.Warnings ?? [];

    /// <summary>Is the node that a configuration names; never waits for a store.</summary>
    public void Use(FleetConfig? config)
    {
        if (_node is { } node)
        {
            if (config is not null && node.Config.IsSame(config)) return;
            _node = null;
            _leaving = Task.WhenAll(_leaving, node.DisposeAsync().AsTask());
        }
        if (config is not null) _node = new FleetNode(config, open, works(), version, log, time);
    }

    /// <inheritdoc cref="FleetNode.AskAsync"/>
    public Task<T> AskAsync<T>(Func<IFleetStore, FleetMember, CancellationToken, Task<T>> question, CancellationToken cancellationToken) =>
        Node.AskAsync(question, cancellationToken);

    /// <inheritdoc cref="FleetNode.AskNodesAsync"/>
    public Task<IReadOnlyList<NodeReply>> AskNodesAsync(FleetQuestion question, CancellationToken cancellationToken) =>
        Node.AskNodesAsync(question, cancellationToken);

    /// <summary>Leaves the fleet; takes a few seconds at most when the store does not answer.</summary>
    public async ValueTask DisposeAsync()
    {
        Use(null);
        await _leaving.ConfigureAwait(false);
    }
}
