using System.Net;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.DataPath;

/// <summary>Datagrams out of one exit. Any number of senders, of which one that waits (for a name) delays no other; one receiver at a
/// time.</summary>
internal interface IDatagramFlow : IAsyncDisposable
{
    /// <summary>Sends one datagram. One that cannot be sent (name unknown, unreachable, refused by policy, too large) is dropped,
    /// as a network would; then the result is false, for the counters.</summary>
    ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken);

    /// <summary>Sends to a name whose addresses routing has looked at; a flow that leaves names to a server has no use for them.</summary>
    /// <param name="destination">The target.</param>
    /// <param name="resolved">Its addresses; null: they are not known.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<bool> SendAsync(
        Destination destination, IReadOnlyList<IPAddress>? resolved, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) =>
        SendAsync(destination, datagram, cancellationToken);

    /// <summary>Where datagrams to a destination leave this host, and go to, once one was sent; null where that is not known.</summary>
    LeftConnection? LeftTo(Destination destination) => null;

    /// <summary>Receives one datagram into the buffer (64 KiB suffices for any) with its real source. With an empty buffer it only waits
    /// until there is one, which lets an idle session wait without holding a buffer; wake-ups may be spurious.</summary>
    /// <exception cref="IOException">The flow has ended.</exception>
    ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
