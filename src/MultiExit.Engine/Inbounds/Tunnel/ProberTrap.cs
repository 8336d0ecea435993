using System.Buffers;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>Serves a connection that failed the handshake: the fallback server gets it, from its first byte on; without a fallback, it is
/// read and closed after a random time.</summary>
internal sealed class ProberTrap(Destination? fallback, TimeProvider time)
{
    private const int ShortestSeconds = 2;
    private const int LongestSeconds = 20;
    private const int MaxDiscarded = 1024 * 1024;

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        if (fallback is null)
        {
            await DiscardAsync(connection.Stream, cancellationToken).ConfigureAwait(false);
            return;
        }
        FallbackClient client = new(connection.Stream, connection.Socket, time);
        ReadOnlyMemory<byte> read = connection.Reader.Unread.ToArray();
        await LendAsync(read.IsEmpty ? client : new PrefixedStream(read, client), connection, dispatcher, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Serves a client that speaks no TLS.</summary>
    public async ValueTask ServePlainAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken) =>
        await LendAsync(new PlainClient(connection.Stream, connection.Socket, time), connection, dispatcher, cancellationToken).ConfigureAwait(false);

    /// <summary>Hands a client to the fallback until it ends.</summary>
    /// <param name="client">The client as the fallback is to see it.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="dispatcher">The gateway.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False when the fallback cannot be reached.</returns>
    public async Task<bool> LendAsync(DuplexStream client, InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        FallbackRequest request = new(client)
        {
            Info = connection.Request("fallback", fallback!) with { PrivateDestinationsAllowed = true }, // it is the operator's own choice
            Abort = client.Abort,
        };
        await dispatcher.ServeDirectAsync(request, connection, cancellationToken).ConfigureAwait(false);
        return !request.Rejected;
    }

    private async ValueTask DiscardAsync(DuplexStream stream, CancellationToken cancellationToken)
    {
        TimeSpan patience = TimeSpan.FromSeconds(ShortestSeconds + Random.Shared.NextDouble() * (LongestSeconds - ShortestSeconds));
        using CancellationTokenSource limit = new(patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            int left = MaxDiscarded;
            while (left > 0)
            {
                int read = await stream.ReadAsync(buffer, either.Token).ConfigureAwait(false);
                if (read == 0) break;
                left -= read;
            }
            // A connection that has closed already, or floods, waits for the same time.
            await Task.Delay(Timeout.InfiniteTimeSpan, time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is up.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
