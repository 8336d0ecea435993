using System.Net;
using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Health;

/// <summary>Asks for a target through an exit, and whether the answer is the expected one.</summary>
internal static class Probe
{
    // More than any service needs to say an address.
    private const int MaxBody = 16 * 1024;

    /// <summary>Probes once.</summary>
    /// <param name="exit">The exit.</param>
    /// <param name="target">What is asked for.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="asksAddress">Whether the target's answer has the address that it was asked from; one without is a failure.</param>
    /// <returns>The result; only the caller's cancellation throws.</returns>
    public static async ValueTask<ExitProbe> RunAsync(
        IExit exit, HealthTarget target, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken, bool asksAddress = false)
    {
        DateTimeOffset at = time.GetUtcNow();
        long began = time.GetTimestamp();
        TimeSpan? connected = null;
        string? error;
        IPAddress? external = null;
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            DuplexStream connection = await ConnectAsync(exit, target, either.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                connected = time.GetElapsedTime(began);
                (error, external) = target.Path is null ? (null, null)
                    : await AskAsync(connection, target, asksAddress, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            error = $"{exit.Name}: no answer from {target} within {DurationText.Seconds(timeout)}";
        }
        catch (DialException exception)
        {
            error = exception.Message;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            error = $"{exit.Name}: {target}: {exception.Message}";
        }
        return new ExitProbe(exit.Name, target.ToString(), at, time.GetElapsedTime(began), connected, error) { ExternalAddress = external };
    }

    private static async ValueTask<DuplexStream> ConnectAsync(IExit exit, HealthTarget target, CancellationToken cancellationToken)
    {
        return target.Tls
            ? await new TlsClient(new TlsClientConfig(), target.Destination).ConnectAsync(DialAsync, cancellationToken).ConfigureAwait(false)
            : await DialAsync(cancellationToken).ConfigureAwait(false);

        async ValueTask<DuplexStream> DialAsync(CancellationToken token) =>
            (await exit.DialAsync(target.Destination, new DialContext(), token).ConfigureAwait(false)).ConnectionOrThrow();
    }

    private static async ValueTask<(string? Error, IPAddress? External)> AskAsync(
        DuplexStream connection, HealthTarget target, bool asksAddress, CancellationToken cancellationToken)
    {
        HttpHeadWriter request = new();
        request.RequestLine("GET", target.Path!);
        request.Field("Host"u8, target.Authority);
        request.Field("User-Agent"u8, "MultiExit");
        request.Field("Connection"u8, "close");
        request.End();
        await connection.WriteAsync(request.Written, cancellationToken).ConfigureAwait(false);
        using HandshakeReader reader = new(connection);
        while (true)
        {
            HttpResponseRead read = await HttpResponseReader.ReadAsync(reader, HttpLimits.Default, cancellationToken).ConfigureAwait(false);
            if (read.Head is not { } head) return ($"{target}: {read.Problem}", null);
            if (head.IsInterim && head.Status != 101)
            {
                reader.Advance(read.Length);
                continue;
            }
            if (head.Status < target.MinStatus || head.Status > target.MaxStatus) return ($"{target} answered {head.Status}, not {Range(target)}", null);
            if (!asksAddress) return (null, null);
            reader.Advance(read.Length);
            IPAddress? address = await ReadAddressAsync(reader, cancellationToken).ConfigureAwait(false);
            return address is null ? ($"{target} answered without an address", null) : (null, address);
        }
    }

    // As far as it comes: the answer may be in chunks, whose lengths are no addresses, and may end with the connection.
    private static async ValueTask<IPAddress?> ReadAddressAsync(HandshakeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            while (await reader.ReadMoreAsync(MaxBody, cancellationToken).ConfigureAwait(false))
            {
                // The rest of it.
            }
        }
        catch (Exception exception) when (exception is IOException or ProxyException)
        {
            // What has come by then counts.
        }
        return AddressText.Find(Encoding.Latin1.GetString(reader.Unread));
    }

    private static string Range(HealthTarget target) =>
        target.MinStatus == target.MaxStatus ? $"{target.MinStatus}" : $"{target.MinStatus} to {target.MaxStatus}";
}
