using System.Buffers;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Probing;

/// <summary>Reads the response: to the end, to a silence, to the end of an HTTP head, or to a limit.</summary>
/// <param name="connection">The connection.</param>
/// <param name="silence">The silence that ends the response, once a byte has come.</param>
/// <param name="limit">The most bytes.</param>
/// <param name="onlyHead">Whether an empty line ends it.</param>
internal sealed class ResponseCollector(DuplexStream connection, TimeSpan silence, int limit, bool onlyHead)
{
    private const int Chunk = 16 * 1024;
    private readonly ArrayBufferWriter<byte> _received = new();

    /// <summary>What has come.</summary>
    public ReadOnlyMemory<byte> Received => _received.WrittenMemory;

    /// <summary>Whether the limit ended it.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Reads.</summary>
    /// <param name="firstByte">Called when the first bytes have come.</param>
    /// <param name="cancellationToken">Ends the wait; the bytes that have come stay.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">Nothing came until the token fired.</exception>
    public async ValueTask ReadAsync(Action firstByte, CancellationToken cancellationToken)
    {
        using CancellationTokenSource quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (true)
            {
                int read = await connection.ReadAsync(_received.GetMemory(Chunk), quiet.Token).ConfigureAwait(false);
                if (read == 0) return;
                bool isFirst = _received.WrittenCount == 0;
                // A few bytes of the read before: the empty line may be split.
                int from = Math.Max(0, _received.WrittenCount - 3);
                _received.Advance(read);
                if (isFirst) firstByte();
                if (onlyHead && _received.WrittenSpan[from..].IndexOf("\r\n\r\n"u8) >= 0) return;
                IsTruncated = _received.WrittenCount >= limit;
                if (IsTruncated) return;
                quiet.CancelAfter(silence);
            }
        }
        catch (OperationCanceledException) when (_received.WrittenCount > 0)
        {
            // Silence, or the time is over: the bytes that have come are the answer.
        }
    }
}
