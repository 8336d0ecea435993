using System.Buffers;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;

namespace MultiExit.Engine.Sessions;

/// <summary>The UDP session of the dispatcher: a flow for each exit that a datagram was routed to, opened when first needed.</summary>
internal sealed class RoutedUdpSession(
    SessionTable table,
    long id,
    RequestInfo request,
    DateTimeOffset started,
    Router router,
    ExitStates states,
    EngineLog log,
    Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver)
    : UdpSession(table, id, request, started)
{
    private const int MaxDatagram = 65535;
    private const int MaxRoutes = 256;
    private readonly Dictionary<Destination, Route> _routes = [];
    private readonly Dictionary<IExit, OpenedFlow> _flows = [];
    private readonly SemaphoreSlim _delivering = new(1, 1);
    private readonly CancellationTokenSource _closed = new();

    public override async ValueTask SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (!Request.PrivateDestinationsAllowed && destination.Address is { } address && PrivateDestinations.Contains(address)) return;
        Route route = await FindRouteAsync(destination, cancellationToken).ConfigureAwait(false);
        IDatagramFlow? flow = await FindFlowAsync(route, cancellationToken).ConfigureAwait(false);
        if (flow is null) return;
        // What a rule has looked at is what is sent to; an exit that leaves the name to a proxy has no use for it.
        ValueTask<bool> sending = flow is DirectDatagramFlow direct
            ? direct.SendAsync(destination, route.ResolvedAddresses, datagram, cancellationToken)
            : flow.SendAsync(destination, datagram, cancellationToken);
        if (await sending.ConfigureAwait(false)) await PassedUpAsync(datagram.Length).ConfigureAwait(false);
    }

    public override async ValueTask CloseAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        foreach (OpenedFlow opened in _flows.Values)
            if (opened.Flow is not null) await opened.Flow.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_flows.Values.Select(opened => opened.Receiving)).ConfigureAwait(false);
        Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing) return;
        _closed.Dispose();
        _delivering.Dispose();
    }

    private async ValueTask<Route> FindRouteAsync(Destination destination, CancellationToken cancellationToken)
    {
        if (_routes.TryGetValue(destination, out Route? route)) return route;
        route = await router.SelectAsync(Request with { Destination = destination }, cancellationToken).ConfigureAwait(false);
        while (route.Exit is ExitGroup { IsByDestination: true } group && !states.Get(group.Name).Disabled)
        {
            if (group.Choose(destination, Context()) is not { } member) break;
            route = route with { Exit = member.Exit };
        }
        if (_routes.Count >= MaxRoutes) _routes.Clear();
        _routes[destination] = route;
        return route;
    }

    private DialContext Context() => new() { Request = Request, PrivateDestinationsAllowed = Request.PrivateDestinationsAllowed };

    private async ValueTask<IDatagramFlow?> FindFlowAsync(Route route, CancellationToken cancellationToken)
    {
        if (_flows.TryGetValue(route.Exit, out OpenedFlow known))
        {
            if (known.Flow is null || !known.Receiving.IsCompleted) return known.Flow;
            // It has ended, as a proxy's does with its connection: another takes its place.
            _flows.Remove(route.Exit);
            await known.Flow.DisposeAsync().ConfigureAwait(false);
        }
        return await OpenFlowAsync(route, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IDatagramFlow?> OpenFlowAsync(Route route, CancellationToken cancellationToken)
    {
        DialContext context = Context();
        UdpOpenResult opened = await Attempt.OpenUdpAsync(route.Exit, states.Get(route.Exit.Name), context, cancellationToken).ConfigureAwait(false);
        if (!opened.Succeeded)
        {
            // Remembered too: said once, and not tried again for every datagram.
            _flows[route.Exit] = new(null, Task.CompletedTask);
            log.DialFailed(Request, route.Exit.Name, opened.Failure, opened.Detail);
            return null;
        }
        ServedBy(states.Get((opened.Exit ?? route.Exit).Name), states.Get(route.Exit.Name));
        _flows[route.Exit] = new(opened.Flow, ReceiveAsync(opened.Flow));
        return opened.Flow;
    }

    private async Task ReceiveAsync(IDatagramFlow flow)
    {
        try
        {
            while (true)
            {
                await flow.ReceiveAsync(Memory<byte>.Empty, _closed.Token).ConfigureAwait(false);
                await ReceiveOneAsync(flow).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The flow or the session has ended.
        }
    }

    private async ValueTask ReceiveOneAsync(IDatagramFlow flow)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            DatagramReceived received = await flow.ReceiveAsync(buffer, _closed.Token).ConfigureAwait(false);
            await _delivering.WaitAsync(_closed.Token).ConfigureAwait(false);
            try
            {
                await deliver(received.Source, buffer.AsMemory(0, received.Length)).ConfigureAwait(false);
                await PassedDownAsync(received.Length).ConfigureAwait(false);
            }
            finally
            {
                _delivering.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <param name="Flow">The flow; null when it could not be opened.</param>
    /// <param name="Receiving">Completes when the flow has ended.</param>
    private readonly record struct OpenedFlow(IDatagramFlow? Flow, Task Receiving);
}
