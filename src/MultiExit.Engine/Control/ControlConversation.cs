using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Control;

/// <summary>One connection of the control endpoint: requests in, answers out, one after the other.</summary>
/// <param name="stream">The connection.</param>
/// <param name="routes">What is there to be asked for.</param>
/// <param name="bounds">The bounds.</param>
/// <param name="deadlines">The timers.</param>
/// <param name="time">The clock.</param>
/// <param name="ends">The TCP connection beneath; null for a Unix socket.</param>
internal sealed class ControlConversation(
    DuplexStream stream, IEndpointRoutes routes, EndpointLimits bounds, DeadlinePool deadlines, TimeProvider time, SocketStream? ends = null) : IDisposable
{
    // Enough for programs that send many fields, and little enough for all connections together.
    private static readonly HttpLimits Limits = new(8 * 1024, 16 * 1024, 64);
    private const int MaxPart = 64 * 1024;
    private readonly HandshakeReader _reader = new(stream);

    /// <summary>Answers until the client has ended, is silent for too long, or is refused.</summary>
    /// <param name="closing">Ends the wait for requests; a request that is being answered is still answered.</param>
    public async Task RunAsync(CancellationToken closing)
    {
        try
        {
            while (await WaitAsync(closing).ConfigureAwait(false))
            {
                (ControlRequest? request, HttpFault fault) = await ReadAsync(closing).ConfigureAwait(false);
                if (request is null)
                {
                    if (fault.IsNone) return;
                    await WriteAsync(ControlAnswer.Of(fault).Format(close: true, isHead: false)).ConfigureAwait(false);
                    await LingeringClose.RunAsync(stream, time, closing).ConfigureAwait(false);
                    return;
                }
                ControlAnswer answer = await routes.AnswerAsync(request).ConfigureAwait(false);
                if (answer.Switched is { } switched)
                {
                    // The client has waited for the answer.
                    if (!_reader.Unread.IsEmpty) return;
                    await TryWriteAsync(answer.Format(close: false, isHead: false)).ConfigureAwait(false);
                    await switched(stream, closing).ConfigureAwait(false);
                    return;
                }
                bool close = !request.KeepAlive || closing.IsCancellationRequested || answer.Stream is not null;
                await WriteAsync(answer.Format(close, request.IsHead)).ConfigureAwait(false);
                if (answer.Stream is { } body && !request.IsHead) await StreamAsync(body, closing).ConfigureAwait(false);
                if (close) return;
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or ProxyException)
        {
            // The client went away, or the endpoint closes.
        }
    }

    public void Dispose() => _reader.Dispose();

    private async Task StreamAsync(AnswerStream body, CancellationToken closing)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(closing);
        Task watching = WatchEndAsync(ended);
        try
        {
            await body(WriteAsync, ended.Token).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    // What else the client sends is thrown away; that it ends is what matters.
    private async Task WatchEndAsync(CancellationTokenSource ended)
    {
        try
        {
            do _reader.Advance(_reader.Unread.Length);
            while (await _reader.ReadMoreAsync(MaxPart, ended.Token).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or ProxyException)
        {
            // Gone.
        }
        await ended.CancelAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> WaitAsync(CancellationToken closing)
    {
        if (!_reader.Unread.IsEmpty) return true;
        using Deadline deadline = deadlines.Start(bounds.Idle, closing);
        return await _reader.ReadMoreAsync(Limits.MaxHead + 2, deadline.Token).ConfigureAwait(false);
    }

    private async ValueTask<(ControlRequest? Request, HttpFault Fault)> ReadAsync(CancellationToken closing)
    {
        using Deadline deadline = deadlines.Start(bounds.Request, closing);
        try
        {
            HttpHeadScanner scanner = new();
            while (true)
            {
                HttpParse parse = scanner.Scan(_reader.Unread, Limits, out int length, out HttpFault fault);
                HttpRequestHead? head = parse == HttpParse.Ok ? HttpRequestHead.Parse(_reader.Unread[..length], out fault) : null;
                if (head is not null)
                {
                    byte[] text = _reader.Unread[..length].ToArray();
                    _reader.Advance(length);
                    return await ReadBodyAsync(head, text, closing, deadline.Token).ConfigureAwait(false);
                }
                if (parse != HttpParse.NeedMore) return (null, fault);
                if (!await _reader.ReadMoreAsync(Limits.MaxHead + 2, deadline.Token).ConfigureAwait(false)) return default;
            }
        }
        catch (OperationCanceledException) when (!closing.IsCancellationRequested)
        {
            return (null, new HttpFault(408, "the request did not come in time"));
        }
    }

    private async ValueTask<(ControlRequest? Request, HttpFault Fault)> ReadBodyAsync(
        HttpRequestHead head, ReadOnlyMemory<byte> text, CancellationToken closing, CancellationToken cancellationToken)
    {
        if (head.Target.Form is not (HttpTargetForm.Origin or HttpTargetForm.Absolute)) return (null, HttpFault.Bad("expected a path, such as /server"));
        ControlRequest request = new(head.Method, head.Target.Path, head.KeepAlive, UnixSocket.PeerOf(stream))
        {
            Closing = closing, Head = text, Client = ends?.RemoteEndPoint, Local = ends?.LocalEndPoint,
        };
        int maxBody = routes.MaxBody(request);
        if (head.Body.Length > maxBody) return (null, TooLarge(maxBody));
        HttpBodyDecoder decoder = new(head.Body, Limits);
        if (!decoder.IsComplete && head.Fields.Expects100) await WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray()).ConfigureAwait(false);
        using MemoryStream body = new();
        while (!decoder.IsComplete)
        {
            if (_reader.Unread.IsEmpty && !await _reader.ReadMoreAsync(MaxPart, cancellationToken).ConfigureAwait(false)) return default;
            HttpChunkPart part = decoder.Next(_reader.Unread, out int consumed);
            if (part == HttpChunkPart.Invalid) return (null, HttpFault.Bad("faulty chunked coding"));
            if (part == HttpChunkPart.Data) body.Write(_reader.Unread[..consumed]);
            if (body.Length > maxBody) return (null, TooLarge(maxBody));
            _reader.Advance(consumed);
        }
        return (request with { Body = body.ToArray() }, default);
    }

    private static HttpFault TooLarge(int maxBody) => new(413, $"the body is larger than {maxBody / 1024} KiB");

    // Where the client is gone already, the one who takes the connection finds that and reports it.
    private async ValueTask TryWriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            stream.Abort();
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        using Deadline deadline = deadlines.Start(bounds.Write, CancellationToken.None);
        await stream.WriteAsync(bytes, deadline.Token).ConfigureAwait(false);
    }
}
