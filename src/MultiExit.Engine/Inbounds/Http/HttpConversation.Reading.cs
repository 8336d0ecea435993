using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

internal sealed partial class HttpConversation
{
    // A refused request's body is read past when that costs little; a larger one costs the client its connection.
    private const int MaxSkippedBody = 64 * 1024;

    /// <summary>Waits between two requests.</summary>
    /// <returns>False when there is none: the client has ended, was silent for too long, or the server stops.</returns>
    private async ValueTask<bool> WaitForNextAsync(CancellationToken cancellationToken)
    {
        if (!Reader.Unread.IsEmpty) return true;
        using CancellationTokenSource? both =
            cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(_accepted.Stopping, cancellationToken) : null;
        using Deadline deadline = deadlines.Start(Options.HeadTimeout, both?.Token ?? _accepted.Stopping);
        try
        {
            return await Reader.ReadMoreAsync(Limits.MaxHead + 2, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No answer: the client expects none, and may just be sending its next request. Closed with that unread, the socket would send a
            // reset, behind which a client does not know whether to send it again (RFC 9112 section 9.6); behind an end it does.
            DropUpstream();
            await LingeringClose.RunAsync(Client.Stream, Time, cancellationToken).ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Reads the next head and leaves it in the reader.</summary>
    /// <returns>Null at the end of the conversation.</returns>
    private async ValueTask<(HttpRequestHead? Head, int Length)> ReadHeadAsync(CancellationToken cancellationToken)
    {
        HttpHeadScanner scanner = new();
        bool emptyLine = false;
        Deadline? deadline = null;
        try
        {
            while (true)
            {
                // Some clients send an extra line end after a body (RFC 9112 section 2.2).
                if (!emptyLine && Reader.Unread.StartsWith("\r\n"u8))
                {
                    emptyLine = true;
                    Reader.Advance(2);
                    scanner = new();
                }
                HttpParse parse = scanner.Scan(Reader.Unread, Limits, out int length, out HttpFault fault);
                HttpRequestHead? head = parse == HttpParse.Ok ? HttpRequestHead.Parse(Reader.Unread[..length], out fault) : null;
                if (head is not null) return (head, length);
                if (parse != HttpParse.NeedMore) throw await RefuseAsync(fault, cancellationToken).ConfigureAwait(false);
                deadline ??= deadlines.Start(Options.HeadTimeout, cancellationToken);
                if (!await Reader.ReadMoreAsync(Limits.MaxHead + 2, deadline.Token).ConfigureAwait(false)) return default;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A client that sent nothing expects no answer.
            if (Reader.Unread.IsEmpty) return default;
            throw await RefuseAsync(new(408, "the head did not come in time"), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    /// <summary>Answers a request that must not be served, and closes: it is unknown where the next request would begin.</summary>
    /// <returns>The exception to throw.</returns>
    public async ValueTask<ProxyException> RefuseAsync(HttpFault fault, CancellationToken cancellationToken)
    {
        await Client.Stream.WriteAsync(HttpAnswer.For(fault).Format(close: true, isHead: false), cancellationToken).ConfigureAwait(false);
        await LingeringClose.RunAsync(Client.Stream, Time, cancellationToken).ConfigureAwait(false);
        return new ProxyException(ProxyError.ProtocolViolation, $"HTTP {fault.Status}: {fault.Text}");
    }

    /// <summary>Sends an answer of the proxy itself.</summary>
    /// <param name="head">The request.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="close">Whether the connection has to be closed whatever the client wants.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>True when the next request may follow.</returns>
    public async ValueTask<bool> AnswerAsync(HttpRequestHead head, HttpAnswer answer, bool close, CancellationToken cancellationToken)
    {
        close |= IsDraining || !head.KeepAlive || !CanSkip(head);
        // There is no session yet whose idle time would end a client that sends request after request and reads nothing.
        using (Deadline deadline = deadlines.Start(Options.HeadTimeout, cancellationToken))
            await Client.Stream.WriteAsync(answer.Format(close, head.IsHead), deadline.Token).ConfigureAwait(false);
        if (!close && await TrySkipAsync(head, cancellationToken).ConfigureAwait(false)) return true;
        await LingeringClose.RunAsync(Client.Stream, Time, cancellationToken).ConfigureAwait(false);
        return false;
    }

    // With Expect, the client may send the body or not: the answer leaves that open (RFC 9110 section 10.1.1).
    private static bool CanSkip(HttpRequestHead head) =>
        head.Body.IsEmpty || (head.Body is { Kind: HttpBodyKind.Length, Length: <= MaxSkippedBody } && !head.Fields.Expects100);

    private async ValueTask<bool> TrySkipAsync(HttpRequestHead head, CancellationToken cancellationToken)
    {
        if (head.Body.IsEmpty) return true;
        using Deadline deadline = deadlines.Start(Options.HeadTimeout, cancellationToken);
        try
        {
            HttpBodyPump body = new(Reader, head.Body, Limits, null);
            return await body.RunAsync(null, deadline.Token).ConfigureAwait(false) == HttpBodyOutcome.Complete;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
