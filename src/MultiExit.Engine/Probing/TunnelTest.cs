using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Probing;

/// <summary>Tries a proxy: connects through it, sends something, and takes the times of each step. No MultiExit server has to run for it.</summary>
public static class TunnelTest
{
    /// <summary>The most bytes of an answer that are kept, 1 MiB.</summary>
    public const int MaxResponse = 1 << 20;

    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Tries it.</summary>
    /// <param name="request">What to try.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The result; a failure of the network or of the proxy is no exception.</returns>
    /// <exception cref="ProxyException">The URL cannot be read, or its files cannot.</exception>
    public static async Task<TunnelTestResult> RunAsync(TunnelTestRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        GatewayConfig config = Read(request.Through, request.Token, request.TunnelKey, request.Login, request.FullPath, request.Timeout, oneCarrier: true);
        ExitConfig way = config.Exits[0];
        StepClock clock = new(Time, way.HasTls);
        TunnelTestResult result = new()
        {
            Through = way.Hop is { } hop ? $"{SchemeOf(request.Through)}://{hop.Server}" : "direct",
            Destination = request.Destination.ToString(), Time = Time.GetUtcNow(), Duration = default, Steps = [],
        };
        TimedTransport transport = new(new PortableTransport(), clock);
        await using (transport.ConfigureAwait(false))
        {
            ExitSet exits = ExitFactory.Build(
                config, transport, new TimedResolver(new SystemNameResolver(Time), clock), Time, authenticated: () => clock.End(TunnelTestStage.Tls));
            await using (exits.ConfigureAwait(false))
                result = await RunAsync(request, exits.Get(way.Name), result, clock, cancellationToken).ConfigureAwait(false);
        }
        return result;
    }

    private static async ValueTask<TunnelTestResult> RunAsync(
        TunnelTestRequest request, IExit exit, TunnelTestResult result, StepClock clock, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Timeout);
        try
        {
            DialResult dial = await exit.DialAsync(request.Destination, new DialContext(), limit.Token).ConfigureAwait(false);
            if (!dial.Succeeded)
            {
                // The name was generated, not given by the user.
                string own = $"{exit.Name}: ";
                result = Failed(dial.Failure.ToString(), dial.Detail!.StartsWith(own, StringComparison.Ordinal) ? dial.Detail[own.Length..] : dial.Detail);
            }
            else
            {
                await using (dial.Connection.ConfigureAwait(false))
                {
                    if (exit.ProvesServer) clock.End(TunnelTestStage.Handshake);
                    result = await ExchangeAsync(request, dial.Connection, result, clock, limit.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            result = Failed(nameof(DialFailure.TimedOut), $"not done within {DurationText.Seconds(request.Timeout)}: {Describe(clock.Running)}");
        }
        clock.Close();
        return result with { Steps = clock.Steps, Duration = clock.Elapsed };

        TunnelTestResult Failed(string failure, string error)
        {
            clock.Fail(error);
            return result with { Failure = failure, Error = error };
        }
    }

    private static async ValueTask<TunnelTestResult> ExchangeAsync(
        TunnelTestRequest request, DuplexStream connection, TunnelTestResult result, StepClock clock, CancellationToken cancellationToken)
    {
        clock.Begin(TunnelTestStage.FirstByte);
        ResponseCollector collector = new(connection, request.Silence, MaxResponse, onlyHead: request.Data is null);
        Task sending = SendAsync(connection, request.Data ?? Head(request.Destination), request.HalfClose, cancellationToken);
        string? broke = null;
        try
        {
            await collector.ReadAsync(() => clock.End(TunnelTestStage.FirstByte), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            broke = $"the connection broke before an answer: {exception.Message}";
        }
        finally
        {
            // A peer that answered without reading everything will not read the rest.
            if (!sending.IsCompleted) connection.Abort();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (collector.Received.IsEmpty)
        {
            broke ??= "the destination, or the proxy in its place, closed without an answer";
            clock.Fail(broke);
            return result with { Failure = "NoAnswer", Error = broke };
        }
        clock.End(TunnelTestStage.Response, CountText.Of(collector.Received.Length, "byte"));
        return result with { Response = collector.Received, IsTruncated = collector.IsTruncated };
    }

    private static async Task SendAsync(DuplexStream connection, ReadOnlyMemory<byte> data, bool halfClose, CancellationToken cancellationToken)
    {
        if (!data.IsEmpty) await connection.WriteAsync(data, cancellationToken).ConfigureAwait(false);
        if (halfClose) await connection.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
    }

    private static ReadOnlyMemory<byte> Head(Destination destination)
    {
        HttpHeadWriter request = new();
        request.RequestLine("HEAD", "/");
        request.Field("Host"u8, destination.Port == 80 ? destination.ToString()[..^":80".Length] : destination.ToString());
        request.Field("User-Agent"u8, "MultiExit");
        request.Field("Connection"u8, "close"u8);
        request.End();
        return request.Written;
    }

    /// <summary>A configuration with the one exit that a URL names.</summary>
    /// <exception cref="ProxyException">The URL cannot be read, or its files cannot.</exception>
    internal static GatewayConfig Read(
        string through, Secret? token, Secret? tunnelKey, UserConfig? user, Func<string, string>? fullPath, TimeSpan timeout, bool oneCarrier)
    {
        EchTunnelParameters? parameters = token is null ? null : new EchTunnelParameters { Token = token };
        ConfigResult read = ConfigLoader.FromUrls([], through, parameters, new UrlSecrets { TunnelKey = tunnelKey }, fullPath);
        if (!read.IsValid) throw Invalid(string.Join("; ", read.Errors.Select(error => $"{error.Path}: {error.Message}")));
        ExitConfig exit = read.Config.Exits[0];
        if (user is { Password: { } password } login)
            exit = exit.WithLogin(login.Name, password) ?? throw Invalid($"a way of the type {exit.Type} has no user");
        // For one connection one carrier is enough, and its times are the ones to show.
        return read.Config with { Exits = [oneCarrier ? exit.WithOneCarrier() : exit], Limits = read.Config.Limits with { ConnectTimeout = timeout } };
    }

    internal static string SchemeOf(string url) => url[..url.IndexOf("://", StringComparison.Ordinal)];

    private static string Describe(TunnelTestStage running) => running switch
    {
        TunnelTestStage.Resolve => "the name does not resolve",
        TunnelTestStage.Connect => "no connection",
        TunnelTestStage.Tls => "the proxy does not finish TLS",
        TunnelTestStage.Handshake => "the proxy does not say whether it reached the destination",
        _ => "the destination does not answer",
    };

    private static ProxyException Invalid(string message) => new(ProxyError.InvalidConfiguration, message);
}
