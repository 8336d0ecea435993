using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>A connection to an origin server, used for one request after the other of the same client.</summary>
/// <remarks>While it rests, a read of no bytes waits on it: that one completes when the server closes, so that a dead connection is
/// seldom chosen.</remarks>
internal sealed class UpstreamConnection(RequestInfo info, DuplexStream stream, Session session) : IDisposable
{
    private Task<int>? _rest;

    /// <summary>The user and the place that it was opened for.</summary>
    public RequestInfo Info { get; } = info;

    public DuplexStream Stream { get; } = stream;

    public Session Session { get; } = session;

    public HandshakeReader Reader { get; } = new(stream);

    /// <summary>True while it rests and the server has neither closed it nor sent something unasked.</summary>
    public bool IsAlive => _rest is { IsCompleted: false } && Session.AbortReason is null;

    /// <summary>Waits for the next request.</summary>
    public void Rest(CancellationToken cancellationToken)
    {
        Session.OnAbort(Stream.Abort);
        _rest = Stream.ReadAsync(Memory<byte>.Empty, cancellationToken).AsTask();
    }

    /// <summary>Sends a head. A failure shows when the answer is read, for there may be an answer.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await Stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            Session.AddUp(bytes.Length);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // See above.
        }
    }

    /// <summary>Reads a head and leaves it in the reader.</summary>
    public async ValueTask<HttpResponseRead> ReadHeadAsync(HttpLimits limits, CancellationToken cancellationToken)
    {
        if (_rest is { } rest)
        {
            // One reader at a time: the waiting read has to end first.
            _rest = null;
            try
            {
                await rest.ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                return new(null, 0, "the connection broke before an answer", false, false);
            }
        }
        return await HttpResponseReader.ReadAsync(Reader, limits, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        // Its failure is expected now and is ignored.
        _ = _rest?.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        Reader.Dispose();
        Stream.Dispose();
        Session.Dispose();
    }
}
