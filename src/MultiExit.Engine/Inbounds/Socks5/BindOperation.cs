using System.Net;
using System.Runtime.CompilerServices;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>One BIND (RFC 1928 section 4): listens, reports the address, waits for the one peer, reports it, relays.</summary>
internal sealed class BindOperation(
    RequestInfo info, InboundConnection connection, ITransport transport, TimeSpan timeout, TimeProvider time)
{
    public async ValueTask RunAsync(IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        BindClientStream client = new(connection.Reader);
        // The peer is checked by its address; names are resolved by the exits only.
        if (info.Destination.IsDomain)
        {
            await FailAsync(client, Socks5Reply.AddressTypeNotSupported, cancellationToken).ConfigureAwait(false);
            return;
        }
        SocketStream? peer;
        using (ISocketListener? listener = TryListen())
        {
            if (listener is null)
            {
                await FailAsync(client, Socks5Reply.GeneralFailure, cancellationToken).ConfigureAwait(false);
                return;
            }
            await client.WriteAsync(Socks5Replies.Success(listener.LocalEndPoint), cancellationToken).ConfigureAwait(false);
            using CancellationTokenSource late = new(timeout, time);
            using CancellationTokenRegistration onLate = late.Token.UnsafeRegister(Close, listener);
            using CancellationTokenRegistration onCancelled = cancellationToken.UnsafeRegister(Close, listener);
            client.Watch(onEnd: listener.Dispose);
            peer = await AcceptAsync(listener).ConfigureAwait(false);
        }
        client.StopWatching();
        if (peer is not null)
            await ServeAsync(client, peer, dispatcher, cancellationToken).ConfigureAwait(false);
        else if (!client.HasEnded && !cancellationToken.IsCancellationRequested)
            await FailAsync(client, Socks5Failures.ToReply(DialFailure.TimedOut), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ServeAsync(BindClientStream client, SocketStream peer, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        await using ConfiguredAsyncDisposable disposal = peer.ConfigureAwait(false);
        Socks5Request request = new(client) { Info = info with { Destination = Destination.FromEndPoint(peer.RemoteEndPoint) } };
        await dispatcher.ServeAcceptedAsync(request, connection, peer, cancellationToken).ConfigureAwait(false);
        if (request.Rejected) await LingeringClose.RunAsync(client, time, cancellationToken).ConfigureAwait(false);
    }

    private ISocketListener? TryListen()
    {
        try
        {
            // The address that a client came in on is this host's, on an interface or not.
            return transport.Listen(new IPEndPoint(info.Local.Address, 0), new SocketRoute(FreeBind: OperatingSystem.IsLinux()));
        }
        catch (ProxyException)
        {
            return null;
        }
    }

    private async ValueTask<SocketStream?> AcceptAsync(ISocketListener listener)
    {
        IPAddress expected = info.Destination.Address!;
        bool anybody = expected.Equals(IPAddress.Any) || expected.Equals(IPAddress.IPv6Any);
        while (await listener.AcceptAsync().ConfigureAwait(false) is { } peer)
        {
            if (anybody || peer.RemoteEndPoint.Address.Equals(expected)) return peer;
            peer.Abort();
            await peer.DisposeAsync().ConfigureAwait(false);
        }
        return null;
    }

    private async ValueTask FailAsync(BindClientStream client, Socks5Reply reply, CancellationToken cancellationToken)
    {
        await client.WriteAsync(Socks5Replies.Of(reply), cancellationToken).ConfigureAwait(false);
        await LingeringClose.RunAsync(client, time, cancellationToken).ConfigureAwait(false);
    }

    private static void Close(object? listener) => ((ISocketListener)listener!).Dispose();
}
