using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <content>Receiving.</content>
internal partial class UdpSocket
{
    /// <summary>Whether datagrams have left the system's buffer that <see cref="ReceiveAsync"/> has yet to return: another process with the same socket
    /// does not get them.</summary>
    public bool HasReceived => _onReactor?.HasReceived == true;

    /// <summary>Receives a datagram.</summary>
    /// <exception cref="ObjectDisposedException">The socket was disposed.</exception>
    public async ValueTask<(int Length, IPEndPoint Source)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_onReactor is { } receiver)
        {
            (int got, IPEndPoint from, _) = await receiver.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            return (got, from);
        }
        while (true)
        {
            try
            {
                int length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, _sender, cancellationToken).ConfigureAwait(false);
                return (length, Source());
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused
                or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.MessageSize)
            {
                // The error of one peer, or a datagram larger than any that IP carries: the socket goes on.
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                throw new ObjectDisposedException(nameof(UdpSocket));
            }
        }
    }

    /// <summary>Receives a datagram.</summary>
    /// <returns>Its length and sender, and the address it was sent to; null where that is the socket's own.</returns>
    /// <exception cref="ObjectDisposedException">The socket was disposed.</exception>
    public virtual async ValueTask<(int Length, IPEndPoint Source, IPEndPoint? Destination)> ReceiveSentAsync(
        Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_onReactor is { } receiver) return await receiver.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        (int length, IPEndPoint source) = await ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        return (length, source, null);
    }

    /// <summary>Waits, without a buffer, until there is a datagram to receive.</summary>
    /// <exception cref="ObjectDisposedException">The socket was disposed.</exception>
    public ValueTask WaitReadableAsync(CancellationToken cancellationToken) =>
        _onReactor?.WaitAsync(cancellationToken) ?? WaitPortableAsync(cancellationToken);

    private async ValueTask WaitPortableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _socket.ReceiveFromAsync(Memory<byte>.Empty, SocketFlags.Peek, _sender, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
        {
            throw new ObjectDisposedException(nameof(UdpSocket));
        }
        catch (SocketException)
        {
            // A datagram larger than nothing (Windows reports it so), or an error: the receive call reports it.
        }
    }

    private IPEndPoint Source()
    {
        if (_lastSender is null || !_sender.Equals(_lastSenderAddress))
        {
            _lastSenderAddress = new SocketAddress(_sender.Family, _sender.Size);
            _sender.Buffer.Span[.._sender.Size].CopyTo(_lastSenderAddress.Buffer.Span);
            _lastSender = Unmap((IPEndPoint)LocalEndPointFamily.Create(_sender));
        }
        return _lastSender;
    }

    private IPEndPoint LocalEndPointFamily => new(
        _socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
}
