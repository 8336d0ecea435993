using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Probing;

/// <summary>What goes over a connection of a measurement.</summary>
/// <param name="target">The far end.</param>
/// <param name="own">The one of the measurement itself; null: another one.</param>
internal sealed class MeasureFlow(MeasureTarget target, OwnTarget? own)
{
    /// <summary>The bytes that are moved at once.</summary>
    public const int Block = 64 * 1024;

    // Fits into one packet, of each link.
    private const int Ping = 64;

    /// <summary>Whether the target answers at once to what it gets.</summary>
    public bool Answers => target.Kind != MeasureTargetKind.Discard;

    /// <summary>Whether bytes go there.</summary>
    public bool HasUp => target.Kind != MeasureTargetKind.Http;

    /// <summary>Whether bytes come from there.</summary>
    public bool HasDown => target.Kind != MeasureTargetKind.Discard;

    /// <summary>Begins a connection whose answers are timed.</summary>
    public ValueTask OpenAsync(DuplexStream stream, CancellationToken cancellationToken) =>
        own is null ? default : stream.WriteAsync(own.Opening(OwnTarget.Echo), cancellationToken);

    /// <summary>Sends a little, and waits for the answer to it.</summary>
    /// <returns>Whether another one may follow on this connection.</returns>
    /// <exception cref="IOException">There is none.</exception>
    public async ValueTask<bool> AskAsync(DuplexStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Ping];
        if (target.Kind != MeasureTargetKind.Http)
        {
            await stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            await stream.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
            return true;
        }
        await stream.WriteAsync(Request("HEAD"), cancellationToken).ConfigureAwait(false);
        if (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) == 0) throw new IOException("the target closed without an answer");
        return false;
    }

    /// <summary>Moves bytes until the connection or the time ends.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="phase">The direction.</param>
    /// <param name="moved">Takes the number of bytes each time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task MoveAsync(DuplexStream stream, MeasurePhase phase, Action<int> moved, CancellationToken cancellationToken)
    {
        if (own is not null)
            await stream.WriteAsync(own.Opening(phase == MeasurePhase.Up ? OwnTarget.Take : OwnTarget.Give), cancellationToken).ConfigureAwait(false);
        if (target.Kind == MeasureTargetKind.Http) await stream.WriteAsync(Request("GET"), cancellationToken).ConfigureAwait(false);
        bool isEcho = target.Kind == MeasureTargetKind.Echo;
        Task sending = phase == MeasurePhase.Up || isEcho ? SendAsync(stream, isEcho ? null : moved, cancellationToken) : Task.CompletedTask;
        try
        {
            if (phase == MeasurePhase.Down || isEcho) await ReceiveAsync(stream, moved, cancellationToken).ConfigureAwait(false);
            else await sending.ConfigureAwait(false);
        }
        finally
        {
            if (!sending.IsCompleted) stream.Abort();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task SendAsync(DuplexStream stream, Action<int>? moved, CancellationToken cancellationToken)
    {
        byte[] block = new byte[Block];
        while (true)
        {
            await stream.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            moved?.Invoke(Block);
        }
    }

    private static async Task ReceiveAsync(DuplexStream stream, Action<int> moved, CancellationToken cancellationToken)
    {
        byte[] block = new byte[Block];
        while (await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var read) moved(read);
    }

    private ReadOnlyMemory<byte> Request(string method)
    {
        HttpHeadWriter request = new();
        request.RequestLine(method, target.Path);
        request.Field("Host"u8, target.Destination.Port == 80 ? target.Destination.ToString()[..^":80".Length] : target.Destination.ToString());
        request.Field("User-Agent"u8, "MultiExit");
        request.Field("Connection"u8, "close"u8);
        request.End();
        return request.Written;
    }
}
