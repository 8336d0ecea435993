using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.States;

namespace MultiExit.Engine.Dispatching;

/// <summary>The objects that the UDP sessions of a configuration share.</summary>
/// <param name="Router">Chooses their exits.</param>
/// <param name="States">The states of the exits.</param>
/// <param name="Log">The log.</param>
/// <param name="Counters">The server's counters.</param>
/// <param name="Time">The clock.</param>
/// <param name="Memory">The memory of the server; null: it is not shared.</param>
internal sealed record UdpRouting(Router Router, ExitStates States, EngineLog Log, ServerCounters Counters, TimeProvider Time, ServerMemory? Memory = null)
{
    /// <summary>The route of the datagrams of an association to one destination; for groups by destination, down to the member.</summary>
    public async ValueTask<Route> SelectAsync(
        RequestInfo association, Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        Route route = await Router.SelectAsync(association with { Destination = destination }, cancellationToken).ConfigureAwait(false);
        while (route.Exit.Group is { IsByDestination: true } group && !States.Get(route.Exit.Name).Disabled)
        {
            if (group.Choose(destination, route.ResolvedAddresses, context) is not { } member) break;
            route = route with { Exit = member };
        }
        return route;
    }
}
