using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>A client as the fallback sees it: its connection ends as a web server ends one.</summary>
/// <remarks>A web server with TLS sends close_notify and FIN together, and FIN alone when it has never sent anything. Then it waits
/// a short time for the client, so that no reset throws the answer away.</remarks>
/// <param name="stream">The client's stream, from its first byte on.</param>
/// <param name="socket">The connection beneath.</param>
/// <param name="time">The clock.</param>
/// <param name="hasTls">Whether there is TLS between them.</param>
internal class FallbackClient(DuplexStream stream, SocketStream socket, TimeProvider time, bool hasTls = true) : DuplexStream
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    private bool _written;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        stream.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _written = true;
        return stream.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => stream.FlushAsync(cancellationToken);

    public override async ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        if (_written && hasTls) await stream.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
        await socket.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
        _ = CloseLaterAsync();
    }

    public override void Abort() => stream.Abort();

    // Disposing is orderly and idempotent: it wakes a reader that is still waiting.
    private async Task CloseLaterAsync()
    {
        await Task.Delay(Linger, time).ConfigureAwait(false);
        await socket.DisposeAsync().ConfigureAwait(false);
    }
}
