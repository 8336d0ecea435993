using System.Buffers;
using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>What a connection meets that failed the handshake: the fallback server, from its first byte on; without one, it is read and
/// closed after a random time.</summary>
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
        FallbackRequest request = new(connection.Reader.Detach())
        {
            Info = connection.Request(fallback) with { PrivateDestinationsAllowed = true }, // it is the operator's own choice
        };
        await dispatcher.ServeDirectAsync(request, connection, cancellationToken).ConfigureAwait(false);
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
            // One that has closed already, or floods, waits for the same time.
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

    private sealed class FallbackRequest(DuplexStream stream) : InboundRequest
    {
        public override DuplexStream Connection => stream;

        public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) => default;

        public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken) => default;
    }
}
