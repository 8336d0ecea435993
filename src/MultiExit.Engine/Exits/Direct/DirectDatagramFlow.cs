using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Direct;

/// <summary>Datagrams out of a <see cref="DirectExit"/>: one socket, one source port for all destinations.</summary>
/// <param name="socket">The socket.</param>
/// <param name="resolver">Resolves names.</param>
/// <param name="order">Orders their addresses.</param>
/// <param name="privateAllowed">Whether private destinations are.</param>
/// <param name="resolveTimeout">For a name.</param>
/// <param name="deadlines">Time-outs.</param>
/// <param name="time">The clock.</param>
/// <param name="peers">Who may answer.</param>
/// <param name="natAddress">The address that source NAT puts into the packets; null: there is none.</param>
/// <param name="lease">The lease without which nothing is sent; null: it needs none.</param>
internal sealed class DirectDatagramFlow(
    UdpSocket socket, INameResolver resolver, HappyEyeballs order, bool privateAllowed, TimeSpan resolveTimeout,
    DeadlinePool deadlines, TimeProvider time, UdpPeers peers, IPAddress? natAddress = null, ExitLease? lease = null) : IDatagramFlow
{
    // A name keeps its address this long, so that a conversation stays with one peer.
    private static readonly TimeSpan NameLifetime = TimeSpan.FromMinutes(1);
    private const int MaxNames = 64;
    private readonly Dictionary<string, Known> _names = new(StringComparer.OrdinalIgnoreCase);

    public ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) =>
        SendAsync(destination, null, datagram, cancellationToken);

    public async ValueTask<bool> SendAsync(
        Destination destination, IReadOnlyList<IPAddress>? resolved, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (destination.Port == 0) return false;
        try
        {
            if (destination.ToEndPoint() is { } endPoint) return await TrySendAsync(endPoint, datagram, cancellationToken).ConfigureAwait(false);
            if (KnownAddress(destination.Host) is { } known)
                return await TrySendAsync(new IPEndPoint(known, destination.Port), datagram, cancellationToken).ConfigureAwait(false);
            return await ResolveAndSendAsync(destination, resolved, datagram, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public LeftConnection? LeftTo(Destination destination)
    {
        IPEndPoint? peer = destination.ToEndPoint() ?? (KnownAddress(destination.Host) is { } known ? new IPEndPoint(known, destination.Port) : null);
        if (peer is null) return null;
        return new(new IPEndPoint(natAddress ?? socket.AddressTo(peer.Address), socket.LocalEndPoint.Port), peer);
    }

    public async ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            if (buffer.IsEmpty)
            {
                await socket.WaitReadableAsync(cancellationToken).ConfigureAwait(false);
                return default;
            }
            while (true)
            {
                (int length, IPEndPoint source) = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (peers.MayAnswer(source)) return new DatagramReceived(length, Destination.FromEndPoint(source));
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            throw new IOException("the flow has ended", exception);
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        lease?.Forget(socket);
        return default;
    }

    private IPAddress? KnownAddress(string name)
    {
        lock (_names) return _names.TryGetValue(name, out Known known) && time.GetElapsedTime(known.Taken) < NameLifetime ? known.Address : null;
    }

    private async ValueTask<bool> ResolveAndSendAsync(
        Destination destination, IReadOnlyList<IPAddress>? resolved, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        resolved ??= await ResolveAsync(destination.Host, cancellationToken).ConfigureAwait(false);
        foreach (IPAddress address in order.Order(resolved))
        {
            if (!await TrySendAsync(new IPEndPoint(address, destination.Port), datagram, cancellationToken).ConfigureAwait(false)) continue;
            lock (_names)
            {
                if (_names.Count >= MaxNames) _names.Clear();
                _names[destination.Host] = new(address, time.GetTimestamp());
            }
            return true;
        }
        return false;
    }

    private async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        using Deadline deadline = deadlines.Start(resolveTimeout, cancellationToken);
        try
        {
            NameResult result = await resolver.ResolveAsync(name, deadline.Token).ConfigureAwait(false);
            return result.Addresses;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    private ValueTask<bool> TrySendAsync(IPEndPoint target, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (!socket.CanReach(target.Address) || (!privateAllowed && PrivateDestinations.Contains(target.Address))) return new(false);
        // A process that was stopped goes on here before anything has told it that the lease is over.
        if (lease is { IsHeld: false }) return new(false);
        // Before it is sent: the answer may be faster than this thread.
        peers.Sent(target);
        return socket.SendAsync(datagram, target, cancellationToken);
    }

    private readonly record struct Known(IPAddress Address, long Taken);
}
