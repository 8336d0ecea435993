using MultiExit.Engine.Balancing;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.States;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Dispatching;

/// <summary>The UDP session of the dispatcher: a lane for each destination (<see cref="UdpLanes"/>), and a flow for each exit that a datagram
/// was routed to, opened when first needed.</summary>
internal sealed partial class RoutedUdpSession : UdpSession
{
    // An exit that took no datagrams is tried again: not for every datagram, but before a client gives up on its association.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Dictionary<IExit, ExitFlow> _flows = [];
    private readonly UdpLanes _lanes;
    private readonly UdpTallies? _tallies;
    private readonly SemaphoreSlim _delivering = new(1, 1);
    private readonly CancellationTokenSource _closed = new();
    private readonly UdpRouting _routing;
    private readonly Func<Destination, ReadOnlyMemory<byte>, ValueTask> _deliver;
    private volatile ExitState[] _used = [];
    private volatile ExitShare[] _shares = [];
    private long _owed;
    private int _toldDropped;

    public RoutedUdpSession(
        SessionTable table, long id, RequestInfo request, DateTimeOffset started, UdpRouting routing,
        Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver)
        : base(table, id, request, started)
    {
        _routing = routing;
        _deliver = deliver;
        if (table.Recorder is { } recorder)
            _tallies = new UdpTallies(routing.Time, tally => recorder.Record(tally.ToRecord(ToRecord(ended: true), Outcome, routing.Time)));
        _lanes = new UdpLanes(SendOneAsync, (destination, reason) => Drop(destination, reason), routing.Time, routing.Memory);
    }

    public override bool Uses(ExitState exit) => Array.Exists(_used, used => used.IsOf(exit));

    /// <summary>Opens the flow that every datagram will take, where that is known before there is one.</summary>
    /// <returns>Why datagrams cannot leave; None where they can, or where that depends on their destinations.</returns>
    public async ValueTask<DialFailure> OpenAsync(CancellationToken cancellationToken)
    {
        if (_routing.Router.SelectForAll(Request) is not { } route || route.Exit.Group is { IsByDestination: true }) return DialFailure.None;
        return (await FindFlowAsync(route.Exit, cancellationToken).ConfigureAwait(false)).Failure;
    }

    public override async ValueTask SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (!Request.PrivateDestinationsAllowed && destination.Address is { } address && PrivateDestinations.Contains(address))
            Drop(destination, PrivateDestinations.Refusal, DialFailure.NotAllowed);
        else
            _lanes.Add(destination, datagram.Span);
        // The client's own limit is the only one that all its destinations share.
        if (Interlocked.Exchange(ref _owed, 0) is > 0 and var owed) await HoldUpAsync(owed).ConfigureAwait(false);
    }

    private async ValueTask SendOneAsync(UdpLane lane, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        try
        {
            await RouteAndSendAsync(lane, datagram, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The exit's flow has just ended; the next datagram gets another.
            Drop(lane.Destination, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _routing.Log.Unexpected(Request.Inbound, exception);
        }
    }

    private async ValueTask RouteAndSendAsync(UdpLane lane, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        Destination destination = lane.Destination;
        Route route = lane.Route ??= await _routing.SelectAsync(Request, destination, Context(), cancellationToken).ConfigureAwait(false);
        while (await ForgetIfOverAsync(route.Exit).ConfigureAwait(false))
            lane.Route = route = await _routing.SelectAsync(Request, destination, Context(), cancellationToken).ConfigureAwait(false);
        // Every refusal is an exit of its own, and a flow of each would be kept until the end.
        if (route.Refusal is { } refusal)
        {
            Drop(destination, refusal, DialFailure.NotAllowed, route, route.Exit);
            return;
        }
        while (true)
        {
            ExitFlow opened = await FindFlowAsync(route.Exit, cancellationToken).ConfigureAwait(false);
            if (opened.Flow is not { } flow)
            {
                // The failure was logged when it could not be opened.
                _routing.Counters.CountDroppedDatagram();
                _tallies?.Refused(destination, route, opened.Exit, opened.Failure, opened.Detail);
                return;
            }
            // The datagram is sent to the addresses that the rules have been matched with.
            if (await flow.SendAsync(destination, route.ResolvedAddresses, datagram, cancellationToken).ConfigureAwait(false))
            {
                CountUp(opened.Share!, datagram.Length);
                _tallies?.Sent(destination, route, opened.Exit, flow, datagram.Length);
                return;
            }
            if (OfItsFamily(destination, route, opened.Exit) is not { } other)
            {
                (DialFailure failure, string reason) = WhyNot(destination, opened.Exit);
                Drop(destination, reason, failure, route, opened.Exit);
                return;
            }
            lane.Route = route = other;
        }
    }

    public override void AddTo(Dictionary<ExitState, (long Up, long Down)> exits, bool byAccount = false)
    {
        foreach (ExitShare share in _shares) Add(exits, byAccount ? share.Exit.Account : share.Exit, share.BytesUp, share.BytesDown);
    }

    protected override void TellBytes(ITrafficSink traffic)
    {
        foreach (ExitShare share in _shares) share.TellBytes(traffic, KeyOf(share.Exit.Account.Name));
    }

    public override async ValueTask CloseAsync()
    {
        try
        {
            await _closed.CancelAsync().ConfigureAwait(false);
            await _lanes.CloseAsync().ConfigureAwait(false);
            ExitFlow[] flows;
            lock (_lock) flows = [.. _flows.Values];
            await Task.WhenAll(flows.Select(flow => flow.Opened)).ConfigureAwait(false);
            foreach (ExitFlow opened in flows)
                if (opened.Flow is { } flow) await flow.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll(flows.Select(flow => flow.Receiving)).ConfigureAwait(false);
        }
        finally
        {
            _tallies?.EndAll();
            // The session leaves the table, and its user's limits, whatever error a flow has ended with.
            Dispose();
        }
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

    // Another member of the group, since the chosen one cannot send to the family of the destination's addresses.
    private Route? OfItsFamily(Destination destination, Route route, IExit chosen)
    {
        DialContext context = Context();
        if (route.Exit.Group is not { } group || chosen.Reaches(destination, route.ResolvedAddresses, context)) return null;
        IExit? member = group.Choose(destination, route.ResolvedAddresses, context);
        return member?.Reaches(destination, route.ResolvedAddresses, context) == true ? route with { Exit = member } : null;
    }

    private DialContext Context() => new()
    {
        Request = Request, Choice = Request.Choice, PrivateDestinationsAllowed = Request.PrivateDestinationsAllowed, Hold = Pace?.Down,
    };

    // The message is written once: the client's other datagrams are likely to fail in the same way. All are counted.
    private void Drop(Destination destination, string reason, DialFailure failure = DialFailure.General, Route? route = null, IExit? exit = null)
    {
        _tallies?.Refused(destination, route, exit, failure, reason);
        _routing.Counters.CountDroppedDatagram();
        if (Interlocked.Exchange(ref _toldDropped, 1) == 0) _routing.Log.DatagramDropped(Request, destination, reason);
    }

    private (DialFailure Failure, string Reason) WhyNot(Destination destination, IExit exit) =>
        destination.Address is { } address && exit.Refusal(address, Context()) is { Detail: { } detail } refusal
            ? (refusal.Failure, detail)
            : (DialFailure.HostUnreachable, $"{exit.Name}: no address of it can be reached, or the exit takes no more for the moment");

    // Lanes send side by side; each counter has one writer at a time.
    private void CountUp(ExitShare share, int bytes)
    {
        lock (_lock)
        {
            share.AddUp(bytes);
            AddUp(bytes);
        }
        Interlocked.Add(ref _owed, bytes);
    }

    // A flow that has ended, as a proxy's does with its connection, or that failed to open so long ago that it may be tried again. The
    // routes to it are dropped too: a group by destination may choose another member now.
    private async ValueTask<bool> ForgetIfOverAsync(IExit exit)
    {
        ExitFlow? over;
        lock (_lock)
        {
            if (!_flows.TryGetValue(exit, out over) || !IsOver(over)) return false;
            _flows.Remove(exit);
        }
        _lanes.Forget(lane => lane.Route?.Exit == exit);
        if (over.Flow is { } flow) await flow.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    private bool IsOver(ExitFlow known) => known.Opened.IsCompleted && (known.Flow is null
        ? known.FailedAt is { } failed && _routing.Time.GetElapsedTime(failed) >= RetryAfter
        : known.Receiving.IsCompleted);

    private async ValueTask<ExitFlow> FindFlowAsync(IExit exit, CancellationToken cancellationToken)
    {
        ExitFlow? known;
        bool open;
        lock (_lock)
        {
            _closed.Token.ThrowIfCancellationRequested();
            open = !_flows.TryGetValue(exit, out known);
            if (open) _flows[exit] = known = new ExitFlow(exit);
        }
        // Not canceled with one destination: the flow is for all destinations that need it.
        if (open) _ = OpenFlowAsync(known!);
        await known!.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
        return known;
    }

    private async Task OpenFlowAsync(ExitFlow flow)
    {
        IExit exit = flow.RoutedTo;
        UdpOpenResult opened;
        try
        {
            DialContext context = Context();
            opened = context.Hops > OwnConnections.MaxHops
                ? UdpOpenResult.Failed(exit, DialFailure.Loop, DialResult.LoopReason)
                : await Attempt.OpenUdpAsync(exit, _routing.States.Get(exit.Name), context, _closed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            flow.Fail(DialFailure.General, null); // the association has ended
            return;
        }
        catch (Exception exception)
        {
            _routing.Log.Unexpected(Request.Inbound, exception);
            flow.Fail(DialFailure.General, _routing.Time.GetTimestamp());
            return;
        }
        if (!opened.Succeeded)
        {
            _routing.Log.DialFailed(Request, exit.Name, opened.Failure, opened.Detail);
            // A failure is remembered too, and not tried again for every datagram, and never where the answer stays the same.
            bool mayPass = opened.Failure is not (DialFailure.NotAllowed or DialFailure.Loop or DialFailure.CommandNotSupported);
            flow.Fail(opened.Failure, mayPass ? _routing.Time.GetTimestamp() : null, opened.Detail);
            return;
        }
        try
        {
            IExit served = opened.Exit ?? exit;
            ExitShare share = Use(_routing.States.Get(served.Name), _routing.States.Get(exit.Name));
            flow.Succeed(served, opened.Flow, share, ReceiveAsync(opened.Flow, share));
        }
        catch (Exception exception)
        {
            // Every waiter for the flow, the end of the session among them, has to get the error.
            _routing.Log.Unexpected(Request.Inbound, exception);
            await opened.Flow.DisposeAsync().ConfigureAwait(false);
            flow.Fail(DialFailure.General, _routing.Time.GetTimestamp());
        }
    }

    // Counts at each exit that serves the session, from the first flow through that exit to the end.
    private ExitShare Use(ExitState exit, ExitState routedTo)
    {
        ExitShare? share;
        lock (_lock)
        {
            _used = [.. _used.Union([exit, routedTo])];
            share = Array.Find(_shares, share => share.Exit == exit);
            if (share is null)
            {
                share = new ExitShare(exit);
                _shares = [.. _shares, share];
                ServedBy(exit, routedTo);
                return share;
            }
        }
        EndIfCut(exit, routedTo);
        return share;
    }
}
