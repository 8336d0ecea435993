namespace MultiExit.Soak.Clients;

/// <summary>A session as its two ends see it.</summary>
internal abstract class Connection : IAsyncDisposable
{
    private const int Piece = 32 * 1024;

    /// <summary>0: the other side has ended its direction in order. A broken connection is an exception.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Ends this side's direction, or both where the protocol knows no less.</summary>
    public abstract Task EndAsync(CancellationToken cancellationToken);

    /// <summary>Breaks the connection, so that the other side is told of it.</summary>
    public abstract void Abort();

    public abstract ValueTask DisposeAsync();

    public async Task ReadExactlyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int read = await ReadAsync(buffer, cancellationToken);
            if (read == 0) throw new EndOfStreamException($"the connection ended with {buffer.Length} bytes still to come");
            buffer = buffer[read..];
        }
    }

    public async Task SendPatternAsync(int seed, long from, long count, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[(int)Math.Min(Piece, count)];
        for (long sent = 0; sent < count;)
        {
            int length = (int)Math.Min(buffer.Length, count - sent);
            Pattern.Fill(seed, from + sent, buffer.AsSpan(0, length));
            await WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            sent += length;
        }
    }

    public async Task ReceivePatternAsync(int seed, long from, long count, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[(int)Math.Min(Piece, count)];
        for (long received = 0; received < count;)
        {
            int read = await ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count - received)), cancellationToken);
            if (read == 0) throw new EndOfStreamException($"the connection ended after {received} of {count} bytes");
            Pattern.Check(seed, from + received, buffer.AsSpan(0, read));
            received += read;
        }
    }

    /// <summary>Throws unless the other side's direction ends here, in order.</summary>
    public async Task ReceiveEndAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(new byte[1], cancellationToken) != 0) throw new WrongBytesException("there are bytes behind the last one");
    }
}
