using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Relaying;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A gateway with one exit of its own: names known to the test lead to loopback sockets, or to a failure.</summary>
internal sealed class LoopbackDispatcher(ITransport transport) : IDispatcher
{
    private static readonly FakeExit Loopback = new("loopback");
    private readonly ConcurrentQueue<RequestInfo> _requests = new();

    public SessionTable Sessions { get; } = new(TimeProvider.System);

    public IReadOnlyCollection<RequestInfo> Requests => _requests;

    /// <summary>The target of <c>host:port</c>.</summary>
    public Dictionary<string, IPEndPoint> Hosts { get; } = [];

    public Dictionary<string, DialFailure> Failures { get; } = [];

    public ValueTask ServeDirectAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken) =>
        ServeAsync(request, connection, cancellationToken);

    public async ValueTask ServeAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken)
    {
        DialResult dial = await DialAsync(request.Info);
        if (!dial.Succeeded)
        {
            await request.RejectAsync(dial.Failure, cancellationToken);
            return;
        }
        await using (dial.Connection)
        {
            using Session session = Sessions.Open(request.Info);
            await request.AcceptAsync(null, cancellationToken);
            await Relay.RunAsync(request.Connection, dial.Connection, session);
        }
    }

    public async ValueTask<OpenedSession> OpenAsync(RequestInfo request, InboundConnection connection, CancellationToken cancellationToken)
    {
        DialResult dial = await DialAsync(request);
        return new OpenedSession(dial, dial.Succeeded ? Sessions.Open(request) : null);
    }

    public ValueTask ServeAcceptedAsync(
        InboundRequest request, InboundConnection connection, SocketStream peer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask RelayAsync(Session session, DuplexStream client, DuplexStream upstream) =>
        new(Relay.RunAsync(client, upstream, session).AsTask());

    public ValueTask<OpenedUdpSession> OpenUdpAsync(
        RequestInfo request, Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver, Action abort, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private async Task<DialResult> DialAsync(RequestInfo request)
    {
        _requests.Enqueue(request);
        string name = request.Destination.ToString();
        if (Failures.TryGetValue(name, out DialFailure failure)) return DialResult.Failed(Loopback, failure, "the test wants it so");
        if (!Hosts.TryGetValue(name, out IPEndPoint? endPoint)) return DialResult.Failed(Loopback, DialFailure.NameNotResolved, "unknown to the test");
        try
        {
            return DialResult.Success(await transport.ConnectAsync(endPoint, default, default), null, Loopback);
        }
        catch (SocketException)
        {
            return DialResult.Failed(Loopback, DialFailure.ConnectionRefused, "refused");
        }
    }
}
