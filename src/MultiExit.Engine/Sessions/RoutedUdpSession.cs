using System.Buffers;
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
    EngineLog log,
    Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver)
    : UdpSession(table, id, request, started)
{
    private const int MaxDatagram = 65535;
    private const int MaxRoutes = 256;
    private readonly Dictionary<Destination, Route> _routes = [];
    private readonly Dictionary<IExit, IDatagramFlow?> _flows = [];
    private readonly List<Task> _receivers = [];
    private readonly SemaphoreSlim _delivering = new(1, 1);
    private readonly CancellationTokenSource _closed = new();

    public override async ValueTask SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (!Request.PrivateDestinationsAllowed && destination.Address is { } address && PrivateDestinations.Contains(address)) return;
        IDatagramFlow? flow = await FindFlowAsync(destination, cancellationToken).ConfigureAwait(false);
        if (flow is null) return;
        if (await flow.SendAsync(destination, datagram, cancellationToken).ConfigureAwait(false)) AddUp(datagram.Length);
    }

    public override async ValueTask CloseAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        foreach (IDatagramFlow? flow in _flows.Values)
            if (flow is not null) await flow.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_receivers).ConfigureAwait(false);
        Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing) return;
        _closed.Dispose();
        _delivering.Dispose();
    }

    private async ValueTask<IDatagramFlow?> FindFlowAsync(Destination destination, CancellationToken cancellationToken)
    {
        if (!_routes.TryGetValue(destination, out Route? route))
        {
            route = await router.SelectAsync(Request with { Destination = destination }, cancellationToken).ConfigureAwait(false);
            if (_routes.Count >= MaxRoutes) _routes.Clear();
            _routes[destination] = route;
        }
        return _flows.TryGetValue(route.Exit, out IDatagramFlow? flow) ? flow : await OpenFlowAsync(route, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IDatagramFlow?> OpenFlowAsync(Route route, CancellationToken cancellationToken)
    {
        DialContext context = new() { Request = Request, PrivateDestinationsAllowed = Request.PrivateDestinationsAllowed };
        UdpOpenResult opened = await route.Exit.OpenUdpAsync(context, cancellationToken).ConfigureAwait(false);
        // A failure is remembered too: said once, and not tried again for every datagram.
        _flows[route.Exit] = opened.Flow;
        if (!opened.Succeeded)
        {
            log.DialFailed(Request, route.Exit.Name, opened.Failure, opened.Detail);
            return null;
        }
        Exit ??= route.Exit.Name;
        _receivers.Add(ReceiveAsync(opened.Flow));
        return opened.Flow;
    }

    private async Task ReceiveAsync(IDatagramFlow flow)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            while (true)
            {
                DatagramReceived received = await flow.ReceiveAsync(buffer, _closed.Token).ConfigureAwait(false);
                await _delivering.WaitAsync(_closed.Token).ConfigureAwait(false);
                try
                {
                    await deliver(received.Source, buffer.AsMemory(0, received.Length)).ConfigureAwait(false);
                    AddDown(received.Length);
                }
                finally
                {
                    _delivering.Release();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The flow or the session has ended.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
