namespace MultiExit.Engine.Transport;

/// <summary>A stream whose first bytes were already read. The relay takes it apart again, so that a prefix
/// costs a spliced connection nothing.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, DuplexStream inner) : DuplexStream
{
    /// <summary>The rest of the bytes read ahead.</summary>
    public ReadOnlyMemory<byte> Prefix { get; private set; } = prefix;

    public DuplexStream Inner { get; } = inner;

    /// <summary>Removes bytes from the front that were delivered by other means.</summary>
    public void Skip(int count) => Prefix = Prefix[count..];

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Prefix.IsEmpty) return Inner.ReadAsync(buffer, cancellationToken);
        int count = Math.Min(buffer.Length, Prefix.Length);
        Prefix.Span[..count].CopyTo(buffer.Span);
        Prefix = Prefix[count..];
        return new(count);
    }

    public override ValueTask<StreamRead> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Prefix.IsEmpty ? Inner.TryReadAsync(buffer, cancellationToken) : base.TryReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        Inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => Inner.CompleteWritesAsync(cancellationToken);

    public override void Abort() => Inner.Abort();

    public override ValueTask DisposeAsync() => Inner.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Inner.Dispose();
        base.Dispose(disposing);
    }
}
