using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>One client connection: its requests are read and answered one after the other, pipelined ones in their order. Each goes by the
/// inbound in force when its head has come.</summary>
/// <param name="connection">The connection.</param>
/// <param name="dispatcher">The gateway.</param>
/// <param name="accepted">The inbound that it came to.</param>
/// <param name="deadlines">Time-outs.</param>
/// <param name="time">The clock.</param>
internal sealed partial class HttpConversation(
    InboundConnection connection, IDispatcher dispatcher, HttpInbound accepted, DeadlinePool deadlines, TimeProvider time)
    : IDisposable
{
    private readonly HttpInbound _accepted = accepted;
    private HttpInbound _inbound = accepted;
    private UpstreamConnection? _idleUpstream;

    public InboundConnection Client { get; } = connection;

    /// <summary>The log; null: none.</summary>
    public EngineLog? Log { get; init; }

    public IDispatcher Dispatcher { get; private set; } = dispatcher;

    public TimeProvider Time { get; } = time;

    public HttpLimits Limits { get; private set; } = LimitsOf(accepted.Options);

    /// <summary>The request head as it goes to the server; kept until the response has begun, for a second try.</summary>
    public HttpHeadWriter RequestHead { get; } = new();

    public HttpHeadWriter ResponseHead { get; } = new();

    /// <summary>No further request is wanted: the connection closes after the response at hand.</summary>
    public bool IsDraining => _accepted.IsDraining;

    private HttpOptions Options => _inbound.Options;

    private HandshakeReader Reader => Client.Reader;

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        do
        {
            (HttpRequestHead? head, int length) = await ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            if (head is null) return;
            Client.HandshakeCompleted();
            FollowReloads();
            if (!await ServeAsync(head, length, cancellationToken).ConfigureAwait(false)) return;
        }
        while (await WaitForNextAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The upstream connection left by the last request, when it leads to the same place for the same user and still lives.</summary>
    public UpstreamConnection? TakeUpstream(RequestInfo info)
    {
        UpstreamConnection? upstream = _idleUpstream;
        _idleUpstream = null;
        if (upstream is null || (upstream.Info == info && upstream.IsAlive)) return upstream;
        upstream.Dispose();
        return null;
    }

    public void KeepUpstream(UpstreamConnection upstream, CancellationToken cancellationToken)
    {
        upstream.Rest(cancellationToken);
        _idleUpstream = upstream;
    }

    public void Dispose() => DropUpstream();

    private void DropUpstream()
    {
        _idleUpstream?.Dispose();
        _idleUpstream = null;
    }

    private void FollowReloads()
    {
        if (_inbound.Successor is not { } next) return;
        _inbound = (HttpInbound)next.Inbound;
        Dispatcher = next.Dispatcher;
        next.TakeOver(Client);
        Limits = LimitsOf(Options);
        // It was opened by the rules of before.
        _idleUpstream?.Dispose();
        _idleUpstream = null;
    }

    private static HttpLimits LimitsOf(HttpOptions options) => new(options.MaxLine, options.MaxHead, options.MaxFields, AreKeys: true);

    /// <returns>True when the next request may follow.</returns>
    private async ValueTask<bool> ServeAsync(HttpRequestHead head, int length, CancellationToken cancellationToken)
    {
        HttpTarget target = head.Target;
        if (target.Form == HttpTargetForm.Origin)
        {
            throw await RefuseAsync(
                HttpFault.Bad("this is an HTTP proxy: send CONNECT host:port or a whole URL (GET http://host/path)"), cancellationToken).ConfigureAwait(false);
        }
        if (!await AuthenticateAsync(head, cancellationToken).ConfigureAwait(false))
        {
            Reader.Advance(length);
            return await AnswerAsync(head, HttpAnswer.Unauthorized, false, cancellationToken).ConfigureAwait(false);
        }
        if (OwnAnswer(head) is { } answer)
        {
            Reader.Advance(length);
            return await AnswerAsync(head, answer, false, cancellationToken).ConfigureAwait(false);
        }
        // CONNECT must name its port; a URL has the scheme's.
        if (!HttpAuthority.TryParse(target.Authority, head.IsConnect ? -1 : 80, out Destination? destination))
            throw await RefuseAsync(HttpFault.Bad("the target is not host:port"), cancellationToken).ConfigureAwait(false);
        string? session = null;
        if (Options.SessionHeader is { } header && !HttpSessionHeader.TryRead(Reader.Unread[..length], header, out session))
            throw await RefuseAsync(HttpFault.Bad("the session header is there twice or too long"), cancellationToken).ConfigureAwait(false);
        RequestInfo info = Client.Request(head.IsConnect ? "connect" : "http", destination, session: session);
        if (!head.IsConnect)
        {
            RequestHead.Reset();
            bool upgrade = HttpHeadRewriter.Request(RequestHead, Reader.Unread[..length], head, Options.SessionHeader);
            Reader.Advance(length);
            using HttpExchange exchange = new(this, head, info, upgrade);
            return await exchange.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        Reader.Advance(length);
        HttpConnectRequest request = new(Reader.Detach(), Time) { Info = info };
        await Dispatcher.ServeAsync(request, Client, cancellationToken).ConfigureAwait(false);
        return false;
    }

    // Requests that the proxy answers itself instead of passing them on.
    private static HttpAnswer? OwnAnswer(HttpRequestHead head)
    {
        HttpTarget target = head.Target;
        if (target.Form == HttpTargetForm.Asterisk) return new(200, "") { Allow = true };
        if (target.Form != HttpTargetForm.Absolute) return null;
        if (target.Scheme is "https" or "wss") return new(501, $"send CONNECT for {target.Scheme}: the proxy does not speak TLS in a client's place");
        // ws: is http: with an upgrade in the fields (RFC 6455 section 3); curl writes it so since 7.86.
        if (target.Scheme is not ("http" or "ws")) return new(501, "the proxy forwards http:// and ws:// only");
        // The last recipient of a request that may go no further (RFC 9110 section 7.6.2).
        if (head.Fields.MaxForwards != 0) return null;
        return head.Method switch
        {
            "OPTIONS" => new(200, "") { Allow = true },
            "TRACE" => new(405, "TRACE is not answered here") { Allow = true },
            _ => null,
        };
    }

    // Credentials that are given must be right; only without any do its certificate alone and its address count.
    private async ValueTask<bool> AuthenticateAsync(HttpRequestHead head, CancellationToken cancellationToken)
    {
        UserDirectory users = _inbound.Users.Now;
        if (users.IsEmpty) return Client.EnterAsAnybody();
        if (head.Fields.ProxyAuthorization is not { } range) return Client.EnterUnasked(users);
        if (ReadCredentials(Reader.Unread[range]) is not { } login) return false;
        try
        {
            return await Client.AuthenticateAsync(_inbound.Users, login.Name, login.Password, cancellationToken).ConfigureAwait(false);
        }
        catch (ProxyException exception) when (exception.Reason is ProxyError.Overloaded or ProxyError.BackEndUnavailable)
        {
            _ = await RefuseAsync(new(503, exception.Message), cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            Array.Clear(login.Password);
        }
    }

    private static (byte[] Name, byte[] Password)? ReadCredentials(ReadOnlySpan<byte> value)
    {
        byte[] decoded = new byte[value.Length];
        try
        {
            return HttpBasicCredentials.TryParse(value, decoded, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> password)
                ? (name.ToArray(), password.ToArray()) : null;
        }
        finally
        {
            Array.Clear(decoded);
        }
    }
}
