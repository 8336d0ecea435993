using System.Net;
using System.Security.Authentication;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits;

/// <summary>A dial to a proxy or tunnel server, for all exits that go through one: reaches it through another exit, speaks TLS, runs the
/// exit's own protocol, and alone decides how long that takes, what is tried again and which class a failure has
/// (docs/decisions/0064-one-dialer-for-all-proxies.md).</summary>
/// <param name="what">The words for the server in error messages: <c>the proxy</c>.</param>
/// <param name="server">The server.</param>
/// <param name="via">The exit that leads to it.</param>
/// <param name="tls">TLS towards it; null for none.</param>
/// <param name="timeout">How long the whole dial may take: all attempts, the pauses between them, TLS and the protocol.</param>
/// <param name="retries">How often a server that cannot be reached is tried again.</param>
/// <param name="time">The clock.</param>
internal sealed class ProxyDialer(
    string what, Destination server, IExit via, TlsClient? tls, TimeSpan timeout, int retries, TimeProvider time)
{
    private readonly DeadlinePool _deadlines = new(time);

    /// <summary>The header of the PROXY protocol that goes to the server before TLS.</summary>
    public SendProxy SendProxy { get; init; }

    /// <summary>Whether the connections are encrypted.</summary>
    public bool HasTls => tls is not null;

    /// <summary>Dials. A failure of the network or of the server is a result; only the caller's cancellation throws.</summary>
    /// <param name="context">On whose behalf; the server is reached whatever the policy for private destinations.</param>
    /// <param name="speak">The exit's protocol. It may throw the exceptions of the connection.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="address">The address to dial in place of the server's name; null: the name is resolved.</param>
    /// <param name="shownName">The SNI to send instead of the server's name.</param>
    public async ValueTask<ProxyDial<T>> RunAsync<T>(
        DialContext context, Func<ProxyConnection, CancellationToken, ValueTask<ProxyDial<T>>> speak, CancellationToken cancellationToken,
        IPAddress? address = null, string? shownName = null)
        where T : class
    {
        Call<T> call = new(
            address is null ? server : Destination.FromAddress(address, server.Port), context.ForProxyServer(), speak, shownName);
        using Deadline deadline = _deadlines.Start(timeout, cancellationToken);
        ProxyDial<T> last = default;
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                last = await TryAsync(call, deadline.Token).ConfigureAwait(false);
                if (last.Failure != DialFailure.ProxyUnreachable || attempt >= retries) return last;
                call.Connection = null;
                await Task.Delay(RetryPause.After(attempt), time, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Late(call, last);
        }
    }

    /// <summary>Explains what the exit would do with a request: it goes through the server, as far as that can be reached.</summary>
    public ExitExplanation Explain(IExit exit, ExplainStep step)
    {
        ExitExplanation way = via.Explain(step.To(server));
        ExitExplanation told = step.Outline(exit) with { Server = server, Via = way };
        if (way.Outcome is RouteOutcome.Refused or RouteOutcome.Unavailable)
            told = told with { Outcome = RouteOutcome.Unavailable, Reason = $"{exit.Name}: {server} cannot be reached: {way.Reason}" };
        return step.Udp && exit.UdpRefusal is { } refusal
            ? told with { Outcome = RouteOutcome.Unavailable, Reason = $"{exit.Name}: {refusal}", LacksUdp = true }
            : told;
    }

    private async ValueTask<ProxyDial<T>> TryAsync<T>(Call<T> call, CancellationToken cancellationToken)
        where T : class
    {
        call.Connection = null;
        IExit? dialedBy = null;
        DuplexStream stream;
        try
        {
            stream = tls is null
                ? await ReachAsync(cancellationToken).ConfigureAwait(false)
                : await tls.ConnectAsync(ReachAsync, cancellationToken, call.ShownName).ConfigureAwait(false);
        }
        catch (DialException exception)
        {
            return new(null, DialFailure.ProxyUnreachable, $"{what} {call.Server} cannot be reached: {exception.Message}");
        }
        catch (AuthenticationException exception)
        {
            return new(null, DialFailure.ProxyProtocolError, exception.Message);
        }
        catch (IOException exception)
        {
            return new(null, DialFailure.ProxyUnreachable, $"{(tls is null ? "the PROXY header to" : "TLS with")} {call.Server}: {exception.Message}");
        }
        return await SpeakAsync(call, stream, dialedBy!, cancellationToken).ConfigureAwait(false);

        async ValueTask<DuplexStream> ReachAsync(CancellationToken token)
        {
            DialResult dialed = await via.DialAsync(call.Server, call.Context, token).ConfigureAwait(false);
            dialedBy = dialed.Exit;
            if (dialed.Succeeded) call.Context.Trace?.LeadToProxy();
            DuplexStream reached = dialed.ConnectionOrThrow();
            if (SendProxy == SendProxy.None) return reached;
            try
            {
                await ProxyHeaderWriter.SendAsync(SendProxy, reached, call.Context.Request, call.Server, token).ConfigureAwait(false);
                return reached;
            }
            catch
            {
                await reached.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async ValueTask<ProxyDial<T>> SpeakAsync<T>(
        Call<T> call, DuplexStream stream, IExit dialedBy, CancellationToken cancellationToken)
        where T : class
    {
        ProxyConnection proxy = call.Connection = new ProxyConnection(new HandshakeReader(stream), dialedBy);
        ProxyDial<T> result = default;
        try
        {
            result = await call.Speak(proxy, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ProxyException)
        {
            // The server was reached, so another attempt would end in the same way.
            result = new(null, DialFailure.ProxyProtocolError, $"{what} {call.Server} broke off its handshake: {exception.Message}");
        }
        finally
        {
            proxy.Reader.Dispose();
            if (!result.Succeeded) await stream.DisposeAsync().ConfigureAwait(false);
        }
        return result;
    }

    private ProxyDial<T> Late<T>(Call<T> call, ProxyDial<T> last)
        where T : class
    {
        string limit = DurationText.Seconds(timeout);
        if (call.Connection is { Asked: true }) return new(null, DialFailure.TimedOut, $"{what} {call.Server} did not answer within {limit}");
        // That the time ran out in a pause or in another attempt says less than the failure before it.
        if (last.Failure != DialFailure.None) return last;
        return new(null, DialFailure.ProxyUnreachable,
            $"{what} {call.Server} {(call.Connection is null ? "cannot be reached" : "did not finish its handshake")} within {limit}");
    }

    private sealed record Call<T>(
        Destination Server, DialContext Context, Func<ProxyConnection, CancellationToken, ValueTask<ProxyDial<T>>> Speak, string? ShownName)
        where T : class
    {
        /// <summary>The connection of the attempt under way; null until the server is reached.</summary>
        public ProxyConnection? Connection { get; set; }
    }
}
