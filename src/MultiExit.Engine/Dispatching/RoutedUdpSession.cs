using System.Buffers;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.States;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Dispatching;

/// <summary>The UDP session of the dispatcher: a flow for each exit that a datagram was routed to, opened when first needed.</summary>
internal sealed class RoutedUdpSession(
    SessionTable table,
    long id,
    RequestInfo request,
    DateTimeOffset started,
    Router router,
    ExitStates states,
    EngineLog log,
    TimeProvider time,
    Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver)
    : UdpSession(table, id, request, started)
{
    private const int MaxDatagram = 65535;
    private const int MaxRoutes = 256;
    // An exit that took no datagrams is asked again, not for every datagram, but before a client gives up on its association.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private readonly Dictionary<Destination, Route> _routes = [];
    private readonly Dictionary<IExit, OpenedFlow> _flows = [];
    private readonly SemaphoreSlim _delivering = new(1, 1);
    private readonly CancellationTokenSource _closed = new();
    private volatile ExitState[] _used = [];
    private volatile ExitShare[] _shares = [];
    private bool _toldDropped;

    public override bool Uses(ExitState exit) => Array.IndexOf(_used, exit) >= 0;

    public override async ValueTask SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (!Request.PrivateDestinationsAllowed && destination.Address is { } address && PrivateDestinations.Contains(address))
        {
            if (!_toldDropped) TellDropped(destination, PrivateDestinations.Refusal);
            return;
        }
        Route route = await FindRouteAsync(destination, cancellationToken).ConfigureAwait(false);
        while (IsOver(route.Exit))
        {
            await ForgetAsync(route.Exit).ConfigureAwait(false);
            route = await FindRouteAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        while (await FindFlowAsync(route, cancellationToken).ConfigureAwait(false) is { } flow)
        {
            // What a rule has looked at is what is sent to.
            ValueTask<bool> sending = flow.SendAsync(destination, route.ResolvedAddresses, datagram, cancellationToken);
            OpenedFlow opened = _flows[route.Exit];
            if (await sending.ConfigureAwait(false))
            {
                opened.Share!.AddUp(datagram.Length);
                await PassedUpAsync(datagram.Length).ConfigureAwait(false);
                return;
            }
            if (OfItsFamily(destination, route, opened.Exit) is not { } other)
            {
                if (!_toldDropped) TellDropped(destination, WhyNot(destination, opened.Exit));
                return;
            }
            _routes[destination] = route = other;
        }
    }

    public override void AddTo(Dictionary<ExitState, (long Up, long Down)> exits)
    {
        foreach (ExitShare share in _shares) Add(exits, share.Exit, share.BytesUp, share.BytesDown);
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

    public override void LeaveExits()
    {
        foreach (ExitShare share in _shares) share.Exit.SessionEnded(share.BytesUp, share.BytesDown);
    }

    private async ValueTask<Route> FindRouteAsync(Destination destination, CancellationToken cancellationToken)
    {
        if (_routes.TryGetValue(destination, out Route? route)) return route;
        route = await router.SelectAsync(Request with { Destination = destination }, cancellationToken).ConfigureAwait(false);
        while (route.Exit.Group is { IsByDestination: true } group && !states.Get(route.Exit.Name).Disabled)
        {
            if (group.Choose(destination, route.ResolvedAddresses, Context()) is not { } member) break;
            route = route with { Exit = member };
        }
        if (_routes.Count >= MaxRoutes) _routes.Clear();
        _routes[destination] = route;
        return route;
    }

    // Another member of the group whose choice cannot send to the destination's addresses, being of another family.
    private Route? OfItsFamily(Destination destination, Route route, IExit chosen)
    {
        DialContext context = Context();
        if (route.Exit.Group is not { } group || chosen.Reaches(destination, route.ResolvedAddresses, context)) return null;
        IExit? member = group.Choose(destination, route.ResolvedAddresses, context);
        return member?.Reaches(destination, route.ResolvedAddresses, context) == true ? route with { Exit = member } : null;
    }

    private DialContext Context() => new() { Request = Request, PrivateDestinationsAllowed = Request.PrivateDestinationsAllowed, Hold = Pace?.Down };

    // Once: the client's other datagrams likely share the fate.
    private void TellDropped(Destination destination, string reason)
    {
        _toldDropped = true;
        log.DatagramDropped(Request, destination, reason);
    }

    private string WhyNot(Destination destination, IExit exit) =>
        (destination.Address is { } address ? exit.Refusal(address, Context())?.Detail : null)
        ?? $"{exit.Name}: no address of it can be reached";

    // Ended, as a proxy's flow does with its connection, or not opened so long ago that it may be tried again.
    private bool IsOver(IExit exit) => _flows.TryGetValue(exit, out OpenedFlow known)
        && (known.Flow is null ? known.FailedAt is { } failed && time.GetElapsedTime(failed) >= RetryAfter : known.Receiving.IsCompleted);

    // The routes to it too: a group by destination may choose another member now.
    private async ValueTask ForgetAsync(IExit exit)
    {
        if (_flows.Remove(exit, out OpenedFlow over) && over.Flow is not null) await over.Flow.DisposeAsync().ConfigureAwait(false);
        foreach ((Destination destination, Route route) in _routes)
            if (route.Exit == exit) _routes.Remove(destination);
    }

    private ValueTask<IDatagramFlow?> FindFlowAsync(Route route, CancellationToken cancellationToken) =>
        _flows.TryGetValue(route.Exit, out OpenedFlow known) ? new(known.Flow) : OpenFlowAsync(route, cancellationToken);

    private async ValueTask<IDatagramFlow?> OpenFlowAsync(Route route, CancellationToken cancellationToken)
    {
        DialContext context = Context();
        UdpOpenResult opened = context.Hops > OwnConnections.MaxHops
            ? UdpOpenResult.Failed(route.Exit, DialFailure.Loop, DialResult.LoopReason)
            : await Attempt.OpenUdpAsync(route.Exit, states.Get(route.Exit.Name), context, cancellationToken).ConfigureAwait(false);
        if (!opened.Succeeded)
        {
            // Remembered too: not tried again for every datagram, and never where the answer stays the same.
            bool mayPass = opened.Failure is not (DialFailure.NotAllowed or DialFailure.Loop or DialFailure.CommandNotSupported);
            _flows[route.Exit] = new(route.Exit, null, Task.CompletedTask, mayPass ? time.GetTimestamp() : null, null);
            log.DialFailed(Request, route.Exit.Name, opened.Failure, opened.Detail);
            return null;
        }
        IExit exit = opened.Exit ?? route.Exit;
        ExitShare share = Use(states.Get(exit.Name), states.Get(route.Exit.Name));
        _flows[route.Exit] = new(exit, opened.Flow, ReceiveAsync(opened.Flow, share), null, share);
        return opened.Flow;
    }

    // Counts at each exit that serves it, from the first flow through it to the end.
    private ExitShare Use(ExitState exit, ExitState routedTo)
    {
        _used = [.. _used.Union([exit, routedTo])];
        ExitShare? share = Array.Find(_shares, share => share.Exit == exit);
        if (share is not null)
        {
            EndIfCut(exit, routedTo);
            return share;
        }
        share = new ExitShare(exit);
        _shares = [.. _shares, share];
        ServedBy(exit, routedTo);
        return share;
    }

    private async Task ReceiveAsync(IDatagramFlow flow, ExitShare share)
    {
        try
        {
            while (true)
            {
                await flow.ReceiveAsync(Memory<byte>.Empty, _closed.Token).ConfigureAwait(false);
                await ReceiveOneAsync(flow, share).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The flow or the session has ended.
        }
    }

    private async ValueTask ReceiveOneAsync(IDatagramFlow flow, ExitShare share)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            DatagramReceived received = await flow.ReceiveAsync(buffer, _closed.Token).ConfigureAwait(false);
            await _delivering.WaitAsync(_closed.Token).ConfigureAwait(false);
            try
            {
                await deliver(received.Source, buffer.AsMemory(0, received.Length)).ConfigureAwait(false);
                share.AddDown(received.Length);
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

    /// <param name="Exit">The exit; of a group, the member.</param>
    /// <param name="Flow">The flow; null when it could not be opened.</param>
    /// <param name="Receiving">Completes when the flow has ended.</param>
    /// <param name="FailedAt">When it could not be opened, though later it may be (<see cref="TimeProvider.GetTimestamp"/>).</param>
    /// <param name="Share">Counts what goes through the exit; null when it could not be opened.</param>
    private readonly record struct OpenedFlow(IExit Exit, IDatagramFlow? Flow, Task Receiving, long? FailedAt, ExitShare? Share);
}
