using System.Buffers;
using System.Threading.Channels;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Multiplexing;

/// <summary>Datagrams that came through a carrier and wait for their reader. What it is behind with is dropped, as a socket's buffer would.</summary>
internal sealed class DatagramQueue
{
    private const int MaxQueued = 64;

    private readonly Channel<Received> _received = Channel.CreateBounded<Received>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, SingleWriter = true }); // full: TryWrite says so

    /// <summary>Takes a copy of a datagram, or drops it.</summary>
    public void Add(Destination address, ReadOnlySpan<byte> data)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(copy);
        if (!_received.Writer.TryWrite(new Received(address, copy, data.Length))) ArrayPool<byte>.Shared.Return(copy);
    }

    /// <inheritdoc cref="IDatagramFlow.ReceiveAsync"/>
    public async ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            if (buffer.IsEmpty && await _received.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) return default;
            Received received = await _received.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            int length = Math.Min(received.Length, buffer.Length);
            received.Data.AsSpan(0, length).CopyTo(buffer.Span);
            ArrayPool<byte>.Shared.Return(received.Data);
            return new DatagramReceived(length, received.Address);
        }
        catch (ChannelClosedException exception)
        {
            throw new IOException(exception.InnerException?.Message ?? "the peer ended the association", exception.InnerException);
        }
    }

    /// <summary>Nothing more comes; who reads on is told why.</summary>
    public void End(Exception reason) => _received.Writer.TryComplete(reason);

    /// <summary>Gives back the memory of what nobody will read.</summary>
    public void Clear()
    {
        while (_received.Reader.TryRead(out Received left)) ArrayPool<byte>.Shared.Return(left.Data);
    }

    private readonly record struct Received(Destination Address, byte[] Data, int Length);
}
