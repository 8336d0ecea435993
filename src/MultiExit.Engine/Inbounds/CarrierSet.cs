using System.Collections.Concurrent;
using MultiExit.Engine.Multiplexing;

namespace MultiExit.Engine.Inbounds;

/// <summary>The live carriers of an inbound, and how they end when the inbound takes no more clients. Thread-safe.</summary>
internal sealed class CarrierSet
{
    private readonly ConcurrentDictionary<ICarrier, bool> _carriers = new();
    private volatile bool _draining;

    /// <summary>Completes when the carriers have ended that are live now: streams end before the last frames of their carrier have left.</summary>
    public Task Drained => Task.WhenAll(_carriers.Keys.Select(carrier => carrier.Completion));

    /// <summary>No carrier takes new streams any more, and each ends with its last one.</summary>
    public void Drain()
    {
        _draining = true;
        foreach (ICarrier carrier in _carriers.Keys) carrier.GoAway();
    }

    /// <summary>Runs a carrier that is in the set meanwhile.</summary>
    public async ValueTask RunAsync(ICarrier carrier, Func<Task> run)
    {
        _carriers[carrier] = true;
        try
        {
            // After it was added: either the drain has seen this carrier, or this line sees the drain.
            if (_draining) carrier.GoAway();
            await run().ConfigureAwait(false);
        }
        finally
        {
            _carriers.TryRemove(carrier, out _);
        }
    }
}
