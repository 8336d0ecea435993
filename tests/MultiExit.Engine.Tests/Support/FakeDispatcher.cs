using System.Net;
using System.Threading.Channels;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A gateway without exits: rejects, or accepts and echoes what the client sends.</summary>
internal sealed class FakeDispatcher : IDispatcher
{
    private readonly Channel<RequestInfo> _requests = Channel.CreateUnbounded<RequestInfo>();
    private readonly Channel<FakeUdpSession> _associations = Channel.CreateUnbounded<FakeUdpSession>();
    private readonly SessionTable _table = new(TimeProvider.System);

    /// <summary>The failure of every request; None: it is accepted.</summary>
    public DialFailure Failure { get; set; }

    /// <summary>The address that is reported as the one the target sees.</summary>
    public IPEndPoint? Local { get; set; } = new(IPAddress.Parse("192.0.2.7"), 40000);

    public Task<RequestInfo> NextRequestAsync() => _requests.Reader.ReadAsync().AsTask().WaitAsync(TestTransports.Patience);

    public Task<FakeUdpSession> NextAssociationAsync() => _associations.Reader.ReadAsync().AsTask().WaitAsync(TestTransports.Patience);

    public ValueTask ServeDirectAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken) =>
        ServeAsync(request, connection, cancellationToken);

    public async ValueTask ServeAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken)
    {
        _requests.Writer.TryWrite(request.Info);
        if (Failure != DialFailure.None)
        {
            await request.RejectAsync(Failure, cancellationToken);
            return;
        }
        await request.AcceptAsync(Local, cancellationToken);
        await CopyAsync(request.Connection, request.Connection, cancellationToken);
    }

    public async ValueTask ServeAcceptedAsync(
        InboundRequest request, InboundConnection connection, SocketStream peer, CancellationToken cancellationToken)
    {
        _requests.Writer.TryWrite(request.Info);
        if (Failure != DialFailure.None)
        {
            await request.RejectAsync(Failure, cancellationToken);
            return;
        }
        await request.AcceptAsync(peer.RemoteEndPoint, cancellationToken);
        await Task.WhenAll(
            CopyAsync(request.Connection, peer, cancellationToken), CopyAsync(peer, request.Connection, cancellationToken));
    }

    public ValueTask<OpenedSession> OpenAsync(RequestInfo request, InboundConnection connection, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask RelayAsync(Session session, DuplexStream client, DuplexStream upstream) => throw new NotSupportedException();

    public ValueTask<OpenedUdpSession> OpenUdpAsync(
        RequestInfo request, Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver, Action abort, CancellationToken cancellationToken)
    {
        _requests.Writer.TryWrite(request);
        if (Failure != DialFailure.None) return new(new OpenedUdpSession(null, Failure));
        FakeUdpSession session = new(_table, request, deliver);
        session.OnAbort(abort);
        _associations.Writer.TryWrite(session);
        return new(new OpenedUdpSession(session, DialFailure.None));
    }

    private static async Task CopyAsync(DuplexStream from, DuplexStream to, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0) await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        await to.CompleteWritesAsync(cancellationToken);
    }
}
