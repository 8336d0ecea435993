using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Resolving;

/// <summary>DNS over HTTPS (RFC 8484), one resolver.</summary>
internal sealed class DohClient : IDnsClient, IDisposable
{
    /// <summary>How long an attempt may take, the connection included.</summary>
    internal static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(3);

    private const int Attempts = 2;
    private const int MaxConcurrent = 64;
    private const string MediaType = "application/dns-message";

    private readonly DohConfig _config;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _slots = new(MaxConcurrent);

    /// <param name="config">The resolver.</param>
    /// <param name="transport">Makes the sockets.</param>
    /// <param name="system">Resolves the resolver's own name, when the configuration does not.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProxyException">The CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public DohClient(DohConfig config, ITransport transport, INameResolver system, TimeProvider time)
        : this(config, DohConnection.CreateHandler(config, transport, system, time), time)
    {
    }

    internal DohClient(DohConfig config, HttpMessageHandler handler, TimeProvider time)
    {
        _config = config;
        _time = time;
        // Attempts have their own time-out.
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public async ValueTask<DnsReply> QueryAsync(string name, DnsType type, CancellationToken cancellationToken)
    {
        string query = Base64Url.EncodeToString(DnsQuery.Write(name, type));
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DnsReply reply = default;
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                reply = await AttemptAsync(query, name, type, cancellationToken).ConfigureAwait(false);
                // The resolver would give the same answer again.
                if (reply.Status != DnsStatus.Unreachable) return reply;
            }
            return reply;
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<DnsReply> AttemptAsync(string query, string name, DnsType type, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(AttemptTimeout, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, $"{_config.Url}?dns={query}")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
                Headers = { Accept = { new MediaTypeWithQualityHeaderValue(MediaType) } },
            };
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            return await ReadAsync(response, name, type, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unreachable(string.Create(CultureInfo.InvariantCulture, $"no answer within {AttemptTimeout.TotalSeconds:0.#} s"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ObjectDisposedException)
        {
            return Unreachable(Reason(exception));
        }
    }

    private async ValueTask<DnsReply> ReadAsync(HttpResponseMessage response, string name, DnsType type, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            string status = string.Create(CultureInfo.InvariantCulture, $"answers with the HTTP status {(int)response.StatusCode}");
            // 5xx is a problem of the moment, or of one of several servers.
            return (int)response.StatusCode >= 500 ? DnsReply.Failed(DnsStatus.Unreachable, $"{Subject} {status}") : Bad(status);
        }
        if (!string.Equals(response.Content.Headers.ContentType?.MediaType, MediaType, StringComparison.OrdinalIgnoreCase))
            return Bad($"does not answer with {MediaType}; is the path of the URL right?");
        byte[] body = new byte[DnsMessage.MaxLength + 1];
        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length > DnsMessage.MaxLength) return Bad($"answers with more than {DnsMessage.MaxLength} bytes");
            if (DnsMessage.Parse(body.AsSpan(0, length), name, type, out DnsMessage? message) is { } fault) return Bad($"gave an answer that {fault}");
            return DnsReply.Success(message!, response.Headers.Age ?? TimeSpan.Zero);
        }
    }

    private string Subject => $"the resolver {_config.Url}";

    private DnsReply Unreachable(string reason) => DnsReply.Failed(DnsStatus.Unreachable, $"{Subject} cannot be reached: {reason}");

    private DnsReply Bad(string fault) => DnsReply.Failed(DnsStatus.BadAnswer, $"{Subject} {fault}");

    // The innermost of these exceptions says what happened; those around it only say that something did.
    private static string Reason(Exception exception)
    {
        string reason = exception.Message;
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
            if (inner is SocketException or AuthenticationException or IOException) reason = inner.Message;
        return reason.TrimEnd('.');
    }
}
