using System.Buffers;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Transport;

/// <summary>Closes a connection after an error reply so that the client can read it: a socket closed with unread input
/// sends a reset, which throws the reply away at the other end.</summary>
internal static class LingeringClose
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private const int MaxDrained = 1024 * 1024;

    /// <summary>Sends the end of this side's direction and discards input until the client closes, for a short time and 1 MiB at most.
    /// Never throws for a fault of the client.</summary>
    public static async ValueTask RunAsync(DuplexStream stream, TimeProvider time, CancellationToken cancellationToken)
    {
        byte[]? buffer = null;
        using CancellationTokenSource timeout = new(Limit, time);
        using CancellationTokenRegistration late = timeout.Token.UnsafeRegister(Abort, stream);
        using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(Abort, stream);
        try
        {
            await stream.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
            buffer = ArrayPool<byte>.Shared.Rent(4096);
            int read;
            int total = 0;
            do
            {
                read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                total += read;
            }
            while (read > 0 && total < MaxDrained);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or ProxyException)
        {
            // Gone already, or too slow: the caller closes.
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Abort(object? stream) => ((DuplexStream)stream!).Abort();
}
