using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Exchanges of a work with a store, as a worker makes them.</summary>
internal sealed class WorkExchanges
{
    private Task _exchange = Task.CompletedTask;

    /// <summary>Whether none is under way.</summary>
    public bool AreOver => _exchange.IsCompleted;

    /// <summary>Makes one; none beside one that has not ended.</summary>
    /// <returns>Whether it has succeeded.</returns>
    public async Task<bool> RunAsync(IFleetWork work, IFleetStore store, FleetMember member)
    {
        if (!AreOver) return false;
        try
        {
            _exchange = work.RunAsync(store, member, default);
            // One that hangs is left behind.
            if (store is not ScriptedStore { Hangs: true }) await _exchange;
            return _exchange.IsCompletedSuccessfully;
        }
        catch (ProxyException)
        {
            return false;
        }
    }
}
