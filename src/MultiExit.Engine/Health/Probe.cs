using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Health;

/// <summary>Asks for a target through an exit, and whether the answer is the expected one.</summary>
internal static class Probe
{
    /// <summary>Probes once.</summary>
    /// <returns>The result; only the caller's cancellation throws.</returns>
    public static async ValueTask<ExitProbe> RunAsync(
        IExit exit, HealthTarget target, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        DateTimeOffset at = time.GetUtcNow();
        long began = time.GetTimestamp();
        TimeSpan? connected = null;
        string? error;
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            DuplexStream connection = await ConnectAsync(exit, target, either.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                connected = time.GetElapsedTime(began);
                error = target.Path is null ? null : await AskAsync(connection, target, either.Token).ConfigureAwait(false);
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
        return new ExitProbe(exit.Name, target.ToString(), at, time.GetElapsedTime(began), connected, error);
    }

    private static async ValueTask<DuplexStream> ConnectAsync(IExit exit, HealthTarget target, CancellationToken cancellationToken)
    {
        return target.Tls
            ? await new TlsClient(new TlsClientConfig(), target.Destination).ConnectAsync(DialAsync, cancellationToken).ConfigureAwait(false)
            : await DialAsync(cancellationToken).ConfigureAwait(false);

        async ValueTask<DuplexStream> DialAsync(CancellationToken token) =>
            (await exit.DialAsync(target.Destination, new DialContext(), token).ConfigureAwait(false)).ConnectionOrThrow();
    }

    private static async ValueTask<string?> AskAsync(DuplexStream connection, HealthTarget target, CancellationToken cancellationToken)
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
            if (read.Head is not { } head) return $"{target}: {read.Problem}";
            if (head.IsInterim && head.Status != 101)
            {
                reader.Advance(read.Length);
                continue;
            }
            return head.Status >= target.MinStatus && head.Status <= target.MaxStatus ? null
                : $"{target} answered {head.Status}, not {Range(target)}";
        }
    }

    private static string Range(HealthTarget target) =>
        target.MinStatus == target.MaxStatus ? $"{target.MinStatus}" : $"{target.MinStatus} to {target.MaxStatus}";
}
