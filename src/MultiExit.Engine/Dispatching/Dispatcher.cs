using System.Net;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Relaying;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Dispatching;

/// <summary>The data path: route, dial, answer, relay. One for each configuration in force; live sessions keep the one they began with.</summary>
internal sealed class Dispatcher(
    SessionTable sessions, Router router, IExit direct, EngineLog log, ServerCounters counters, TimeProvider time, ExitStates states,
    LimitTable limits, ServerMemory? memory = null, TimeSpan sniffTimeout = default) : IDispatcher
{
    private readonly DeadlinePool _deadlines = new(time);
    private readonly UdpRouting _udp = new(router, states, log, counters, time, memory);

    public async ValueTask ServeAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken)
    {
        if (router.Sniffs(request.Info))
        {
            await ServeSniffedAsync(request, connection, cancellationToken).ConfigureAwait(false);
            return;
        }
        Route route = await router.SelectAsync(request.Info, cancellationToken).ConfigureAwait(false);
        await ServeAsync(request, connection, route, cancellationToken).ConfigureAwait(false);
    }

    // The exit depends on what the client sends, and it sends nothing before it has its answer: so it is answered first, and a dial that
    // fails then ends its connection.
    private async ValueTask ServeSniffedAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken)
    {
        using Session session = sessions.Open(request.Info);
        Action abort = request.Abort ?? connection.Socket.Abort;
        session.OnAbort(abort);
        string name;
        DuplexStream client;
        try
        {
            await request.AcceptAsync(null, cancellationToken).ConfigureAwait(false);
            (name, client) = await NamePeek.ReadAsync(request.Connection, _deadlines, sniffTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            session.EndWith(SessionOutcome.ClientReset);
            throw;
        }
        PrefixedStream? ahead = client as PrefixedStream;
        Route route = await router.SelectAsync(request.Info with { Sniffed = name }, cancellationToken).ConfigureAwait(false);
        DialResult dial = await DialAsync(session, route, connection.Socket, ahead?.Prefix ?? default, cancellationToken).ConfigureAwait(false);
        if (!dial.Succeeded)
        {
            abort();
            return;
        }
        await using (dial.Connection.ConfigureAwait(false))
        {
            if (dial.FirstPayloadSent > 0)
            {
                ahead!.Skip(dial.FirstPayloadSent);
                session.AddUp(dial.FirstPayloadSent);
            }
            request.HeldBackBy(session.Pace!.Up);
            await RelayAsync(session, client, dial.Connection).ConfigureAwait(false);
        }
    }

    public ValueTask ServeDirectAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken) =>
        ServeAsync(request, connection, new Route(direct, null, null), cancellationToken);

    private async ValueTask ServeAsync(InboundRequest request, InboundConnection connection, Route route, CancellationToken cancellationToken)
    {
        using Session session = sessions.Open(request.Info);
        session.OnAbort(request.Abort ?? connection.Socket.Abort);
        PrefixedStream? ahead = request.Connection as PrefixedStream;
        DialResult dial = await DialAsync(session, route, connection.Socket, ahead?.Prefix ?? default, cancellationToken).ConfigureAwait(false);
        if (!dial.Succeeded)
        {
            await request.RejectAsync(dial.Failure, cancellationToken).ConfigureAwait(false);
            return;
        }
        await using (dial.Connection.ConfigureAwait(false))
        {
            if (dial.FirstPayloadSent > 0)
            {
                ahead!.Skip(dial.FirstPayloadSent);
                session.AddUp(dial.FirstPayloadSent);
            }
            await RelayAsync(session, request, dial.Connection, dial.LocalEndPoint, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask ServeAcceptedAsync(
        InboundRequest request, InboundConnection connection, SocketStream peer, CancellationToken cancellationToken)
    {
        using Session session = sessions.Open(request.Info);
        await using (peer.ConfigureAwait(false))
        {
            Route route = await router.SelectAsync(request.Info, cancellationToken).ConfigureAwait(false);
            session.RoutedBy(route.RuleIndex, route.Exit);
            DialResult allowed = route.Exit.ProvesServer
                ? DialResult.Refused(route.Exit, "the route of an accepted peer must lead straight out")
                : states.Get(route.Exit.Name).Disabled ? Attempt.Disabled(route.Exit)
                : CheckLimits(session, route.Exit) ?? CheckDestination(request.Info, route.Exit) ?? DialResult.Success(peer, peer.RemoteEndPoint, route.Exit);
            if (!allowed.Succeeded)
            {
                Failed(session, route.Exit, allowed);
                await request.RejectAsync(allowed.Failure, cancellationToken).ConfigureAwait(false);
                return;
            }
            session.DialEnded();
            session.ServedBy(states.Get(route.Exit.Name), states.Get(route.Exit.Name));
            session.Trace.Leave(new LeftConnection(peer.LocalEndPoint, peer.RemoteEndPoint), null);
            await RelayAsync(session, request, peer, peer.RemoteEndPoint, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<OpenedSession> OpenAsync(RequestInfo request, InboundConnection connection, CancellationToken cancellationToken)
    {
        Session session = sessions.Open(request);
        try
        {
            Route route = await router.SelectAsync(request, cancellationToken).ConfigureAwait(false);
            DialResult dial = await DialAsync(session, route, connection.Socket, default, cancellationToken).ConfigureAwait(false);
            if (dial.Succeeded)
            {
                DuplexStream upstream = dial.Connection;
                session.Owned = upstream;
                session.OnAbort(() =>
                {
                    connection.Socket.Abort();
                    upstream.Abort();
                });
                return new OpenedSession(dial, session);
            }
            session.Dispose();
            return new OpenedSession(dial, null);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public async ValueTask<OpenedUdpSession> OpenUdpAsync(
        RequestInfo request, Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver, Action abort, CancellationToken cancellationToken)
    {
        RoutedUdpSession session = sessions.Add(new RoutedUdpSession(sessions, sessions.NextId(), request, time.GetUtcNow(), _udp, deliver));
        if (limits.Enter(session) is { } refusal)
        {
            session.FailedWith(refusal);
            session.EndWith(SessionOutcome.NotAllowed);
            counters.CountRejected(request.Inbound, RefusalReason.Limit);
            counters.CountFailed();
            log.SessionRefused(request, refusal);
            session.Dispose();
            return new OpenedUdpSession(null, DialFailure.NotAllowed);
        }
        session.OnAbort(abort);
        DialFailure failure = DialFailure.General;
        try
        {
            failure = await session.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (failure != DialFailure.None)
            {
                counters.CountFailed();
                session.EndWith(DialOutcome.Of(failure));
                await session.CloseAsync().ConfigureAwait(false);
            }
        }
        return failure == DialFailure.None ? new OpenedUdpSession(session, failure) : new OpenedUdpSession(null, failure);
    }

    private async ValueTask<DialResult> DialAsync(
        Session session, Route route, SocketStream client, ReadOnlyMemory<byte> firstPayload, CancellationToken cancellationToken)
    {
        RequestInfo request = session.Request;
        session.RoutedBy(route.RuleIndex, route.Exit);
        DialResult dial = CheckLimits(session, route.Exit) ?? CheckDestination(request, route.Exit)
            ?? await CheckLoopAsync(request, route.Exit, cancellationToken).ConfigureAwait(false)
            ?? await Attempt.DialAsync(route.Exit, states.Get(route.Exit.Name), request.Destination, new DialContext
        {
            Request = request,
            Choice = request.Choice,
            PrivateDestinationsAllowed = request.PrivateDestinationsAllowed,
            ResolvedAddresses = route.ResolvedAddresses,
            FirstPayload = firstPayload,
            Near = client,
            Hold = session.Pace?.Down,
            Trace = session.Trace,
        }, time, cancellationToken).ConfigureAwait(false);
        if (dial.Succeeded)
        {
            session.DialEnded();
            session.ServedBy(states.Get(dial.Exit.Name), states.Get(route.Exit.Name));
        }
        else Failed(session, route.Exit, dial);
        return dial;
    }

    private DialResult? CheckLimits(Session session, IExit exit)
    {
        // The limit of an exit that the rule itself names; of a group, the members that have reached theirs are passed over.
        if ((sessions.ExitLimits?.Find(exit.Name)?.Reached ?? limits.Enter(session)) is not { } refusal) return null;
        counters.CountRejected(session.Request.Inbound, RefusalReason.Limit);
        return DialResult.Refused(exit, refusal);
    }

    // A destination that is an address is refused here for every exit; the addresses of a name are checked by the exit that resolves it.
    private static DialResult? CheckDestination(RequestInfo request, IExit exit) =>
        PrivateDestinations.Refuses(request) ? DialResult.Refused(exit, PrivateDestinations.Refusal) : null;

    private static async ValueTask<DialResult?> CheckLoopAsync(RequestInfo request, IExit exit, CancellationToken cancellationToken)
    {
        int hops = await OwnConnections.Process.CountAsync(request.Peer, request.Local, cancellationToken).ConfigureAwait(false);
        return hops > OwnConnections.MaxHops ? DialResult.Looped(exit) : null;
    }

    private void Failed(Session session, IExit exit, DialResult dial)
    {
        counters.CountFailed();
        string failed = dial.Exit?.Name ?? exit.Name;
        session.DialEnded(failed, dial.Detail, states.AccountOf(failed));
        session.EndWith(DialOutcome.Of(dial.Failure));
        log.DialFailed(session.Request, dial.Exit?.Name ?? exit.Name, dial.Failure, dial.Detail);
    }

    public async ValueTask RelayAsync(Session session, DuplexStream client, DuplexStream upstream)
    {
        RelayResult result = await Relay.RunAsync(client, upstream, session).ConfigureAwait(false);
        bool ofClient = result.FailedSide == RelaySide.Client;
        if (result.Failure is not null && session.AbortReason is null) session.FailedWith(result.Failure.Message);
        if (result.Failure is not null && session.AbortReason is null)
            log.SessionFailed(session.Id, session.Request, session.Exit, ofClient ? "client" : "upstream", result.Failure.Message);
        session.EndWith(result.Failure is null ? SessionOutcome.Ok : ofClient ? SessionOutcome.ClientReset : SessionOutcome.TargetReset);
    }

    private async ValueTask RelayAsync(
        Session session, InboundRequest request, DuplexStream upstream, IPEndPoint? local, CancellationToken cancellationToken)
    {
        try
        {
            await request.AcceptAsync(local, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            session.EndWith(SessionOutcome.ClientReset);
            throw;
        }
        request.HeldBackBy(session.Pace!.Up);
        await RelayAsync(session, request.Connection, upstream).ConfigureAwait(false);
    }
}
