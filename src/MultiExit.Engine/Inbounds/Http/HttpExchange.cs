using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>One forwarded request and its response. The bodies move at the same time, each with one buffer.</summary>
internal sealed class HttpExchange(HttpConversation conversation, HttpRequestHead request, RequestInfo info, bool upgrade) : IDisposable
{
    // How long an upload may stand still once the response is complete: the server has what it wanted.
    private static readonly TimeSpan UploadGrace = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stopUpload = new();
    private HttpBodyPump? _upload;
    private Task<HttpBodyOutcome> _uploading = Task.FromResult(HttpBodyOutcome.Complete);
    private UpstreamConnection? _upstream;
    private volatile bool _responding;
    private bool _interimSeen;

    private DuplexStream Client => conversation.Client.Stream;

    // Sending it twice does no harm, and no body is lost (RFC 9110 section 9.2.2).
    private bool CanRepeat => request.Body.IsEmpty && request.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";

    /// <summary>Serves the request, whose head for the server stands in <see cref="HttpConversation.RequestHead"/>.</summary>
    /// <returns>True when the next request may follow on the client's connection.</returns>
    public async ValueTask<bool> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseRead response;
            bool reused;
            do
            {
                _upstream?.Dispose();
                _upstream = conversation.TakeUpstream(info);
                reused = _upstream is not null;
                if (_upstream is null)
                {
                    OpenedSession opened = await conversation.Dispatcher.OpenAsync(info, conversation.Client, cancellationToken).ConfigureAwait(false);
                    if (!opened.Dial.Succeeded)
                    {
                        HttpAnswer answer = HttpAnswer.For(opened.Dial.Failure, info);
                        return await conversation.AnswerAsync(request, answer, false, cancellationToken).ConfigureAwait(false);
                    }
                    _upstream = new UpstreamConnection(info, opened.Dial.Connection, opened.Session!);
                }
                await SendAsync(_upstream, cancellationToken).ConfigureAwait(false);
                response = await ReadResponseAsync(_upstream, cancellationToken).ConfigureAwait(false);
            }
            while (response.Head is null && !response.AnyByte && !_interimSeen && reused && CanRepeat);
            if (response.Head is null) return await FailAsync(response, cancellationToken).ConfigureAwait(false);
            if (response.Head.Status == 101) return await UpgradeAsync(_upstream, response, cancellationToken).ConfigureAwait(false);
            return await RespondAsync(_upstream, response.Head, response.Length, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A failure of the server's connection ends the exchange without an exception.
            _upstream?.Session.EndWith(SessionOutcome.ClientReset);
            throw;
        }
        finally
        {
            _upstream?.Dispose();
            // The pump reads from the client: it has to end before anything else reads.
            await StopUploadAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _stopUpload.Dispose();

    private async ValueTask SendAsync(UpstreamConnection upstream, CancellationToken cancellationToken)
    {
        upstream.Session.OnAbort(() =>
        {
            // Before the response has begun, the client can still be answered. Within the response, the client is aborted first: otherwise the
            // exchange would end with the server's connection and would close the client's in order.
            if (_responding) Client.Abort();
            upstream.Stream.Abort();
        });
        if (!request.Body.IsEmpty)
        {
            _upload = new HttpBodyPump(conversation.Client.Reader, request.Body, conversation.Limits, upstream.Session.PassedUpAsync);
            _upload.TakeBuffered(conversation.RequestHead);
        }
        await upstream.SendAsync(conversation.RequestHead.Written, cancellationToken).ConfigureAwait(false);
        if (_upload is not null) _uploading = UploadAsync(_upload, upstream);
    }

    private async Task<HttpBodyOutcome> UploadAsync(HttpBodyPump pump, UpstreamConnection upstream)
    {
        HttpBodyOutcome outcome = await pump.RunAsync(upstream.Stream, _stopUpload.Token).ConfigureAwait(false);
        // The server must not take a part for the whole; and no client waits for its answer any more.
        if (outcome != HttpBodyOutcome.Complete) upstream.Stream.Abort();
        return outcome;
    }

    private async ValueTask<HttpResponseRead> ReadResponseAsync(UpstreamConnection upstream, CancellationToken cancellationToken)
    {
        while (true)
        {
            HttpResponseRead read = await upstream.ReadHeadAsync(conversation.Limits, cancellationToken).ConfigureAwait(false);
            if (read.Head is not { IsInterim: true } interim || interim.Status == 101) return read;
            _interimSeen = true;
            // HTTP/1.0 knows no interim responses (RFC 9110 section 15.2).
            if (request.MinorVersion == 1)
            {
                WriteHead(upstream, interim, read.Length, close: false);
                await Client.WriteAsync(conversation.ResponseHead.Written, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                upstream.Reader.Advance(read.Length);
            }
        }
    }

    private async ValueTask<bool> RespondAsync(UpstreamConnection upstream, HttpResponseHead response, int length, CancellationToken cancellationToken)
    {
        HttpFraming body = response.BodyFor(request.Method);
        bool contentOnly = body.Kind == HttpBodyKind.Chunked && request.MinorVersion == 0;
        // A client that waits for 100 and gets this instead may send the body or not: only the end of the connection makes that clear.
        bool unsent = request.Fields.Expects100 && !_interimSeen && _upload is { Moved: 0 };
        bool close = conversation.IsDraining || !request.KeepAlive || body.Kind == HttpBodyKind.UntilClose || contentOnly || unsent;
        WriteHead(upstream, response, length, close);
        HttpBodyPump download = new(upstream.Reader, body, conversation.Limits, upstream.Session.PassedDownAsync)
        {
            ThrowOnTarget = true, ContentOnly = contentOnly,
        };
        download.TakeBuffered(conversation.ResponseHead);
        upstream.Session.AddDown(download.Moved);
        _responding = true;
        await Client.WriteAsync(conversation.ResponseHead.Written, cancellationToken).ConfigureAwait(false);
        HttpBodyOutcome outcome = await download.RunAsync(Client, cancellationToken).ConfigureAwait(false);
        if (outcome != HttpBodyOutcome.Complete)
        {
            if (outcome == HttpBodyOutcome.SourceInvalid) conversation.Log?.AnswerFaulty(info, Describe(download.Fault));
            upstream.Session.EndWith(await BrokenByAsync().ConfigureAwait(false));
            // Where only the end of the connection ends the body, an orderly end would make a part look like the whole.
            if (body.Kind == HttpBodyKind.UntilClose || contentOnly) Client.Abort();
            return false;
        }
        bool sent = !unsent && await FinishUploadAsync(cancellationToken).ConfigureAwait(false);
        if (sent && _upload is not { TargetFailed: true } && response.KeepAlive && body.Kind != HttpBodyKind.UntilClose && upstream.Reader.Unread.IsEmpty)
        {
            conversation.KeepUpstream(upstream, cancellationToken);
            _upstream = null;
        }
        if (sent && !close) return true;
        await StopUploadAsync().ConfigureAwait(false);
        // The exchange is complete, whatever happens to the client's connection while it closes.
        upstream.Session.EndWith(SessionOutcome.Ok);
        await LingeringClose.RunAsync(Client, conversation.Time, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<bool> UpgradeAsync(UpstreamConnection upstream, HttpResponseRead response, CancellationToken cancellationToken)
    {
        if (!upgrade)
            return await FailAsync(response with { Malformed = true, Fault = HttpFault.Bad("101 without a request to upgrade") }, cancellationToken)
                .ConfigureAwait(false);
        WriteHead(upstream, response.Head!, response.Length, close: false);
        await Client.WriteAsync(conversation.ResponseHead.Written, cancellationToken).ConfigureAwait(false);
        await conversation.Dispatcher.RelayAsync(upstream.Session, conversation.Client.Reader.Detach(), upstream.Reader.Detach()).ConfigureAwait(false);
        return false;
    }

    /// <summary>Answers in the place of a server that did not answer.</summary>
    private async ValueTask<bool> FailAsync(HttpResponseRead read, CancellationToken cancellationToken)
    {
        bool idle = _upstream!.Session.AbortReason is not null;
        _upstream.Stream.Abort();
        await StopUploadAsync().ConfigureAwait(false);
        _upstream.Session.EndWith(await BrokenByAsync().ConfigureAwait(false));
        HttpBodyOutcome? upload = _uploading.IsCompletedSuccessfully ? await _uploading.ConfigureAwait(false) : null;
        if (upload == HttpBodyOutcome.SourceInvalid) throw await conversation.RefuseAsync(_upload!.Fault, cancellationToken).ConfigureAwait(false);
        if (upload == HttpBodyOutcome.SourceEnded) return false;
        if (!idle && read.Malformed) conversation.Log?.AnswerFaulty(info, Describe(read.Fault));
        HttpAnswer answer = idle
            ? new(504, "the server did not answer in time") { ProxyStatus = "multiexit; error=http_response_timeout" }
            : read.Malformed
                ? new(502, Describe(read.Fault)) { ProxyStatus = $"multiexit; error={read.Fault.ErrorType}" }
                : new(502, "the server closed the connection without an answer") { ProxyStatus = "multiexit; error=connection_terminated" };
        return await conversation.AnswerAsync(request, answer, close: !request.Body.IsEmpty, cancellationToken).ConfigureAwait(false);
    }

    private static string Describe(HttpFault fault) =>
        fault.IsLimit ? $"the server's answer is over a limit of the proxy: {fault.Text}" : $"the server's answer is not valid HTTP: {fault.Text}";

    // A request whose body the client does not complete ends the server's connection, which then looks as if it had broken by itself.
    private async ValueTask<SessionOutcome> BrokenByAsync() =>
        _uploading.IsCompletedSuccessfully && await _uploading.ConfigureAwait(false) != HttpBodyOutcome.Complete
            ? SessionOutcome.ClientReset
            : SessionOutcome.TargetReset;

    private void WriteHead(UpstreamConnection upstream, HttpResponseHead response, int length, bool close)
    {
        conversation.ResponseHead.Reset();
        HttpHeadRewriter.Response(conversation.ResponseHead, upstream.Reader.Unread[..length], response, request, close);
        upstream.Reader.Advance(length);
        upstream.Session.AddDown(length);
    }

    // The response is complete; the upload goes on as long as bytes move.
    private async ValueTask<bool> FinishUploadAsync(CancellationToken cancellationToken)
    {
        for (long moved = -1; !_uploading.IsCompleted && _upload!.Moved != moved;)
        {
            moved = _upload.Moved;
            await Task.WhenAny(_uploading, Task.Delay(UploadGrace, conversation.Time, cancellationToken)).ConfigureAwait(false);
        }
        return _uploading.IsCompletedSuccessfully && await _uploading.ConfigureAwait(false) == HttpBodyOutcome.Complete;
    }

    private async ValueTask StopUploadAsync()
    {
        if (_uploading.IsCompleted) return;
        await _stopUpload.CancelAsync().ConfigureAwait(false);
        await ((Task)_uploading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
