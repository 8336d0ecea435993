using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.BackEnds;

/// <summary>Asks a URL, with a POST of JSON that says who logs in (docs/configuration.md): no proxy of the environment, no redirects, no cookies, and an
/// answer of 64 KiB at most.</summary>
internal sealed class HttpBackEnd : IBackEnd, IFromFiles
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(1);

    // Its name may lead elsewhere by then.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly HttpAuthConfig _config;
    private readonly string _server;
    private readonly BackEndConnect _connect;
    private volatile HttpClient _http;

    /// <param name="config">What is configured of it.</param>
    /// <param name="server">The name of this server, which it is told.</param>
    /// <param name="connect">Connects to it.</param>
    /// <exception cref="ProxyException">The CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public HttpBackEnd(HttpAuthConfig config, string server, BackEndConnect connect)
    {
        _config = config;
        _server = server;
        _connect = connect;
        _http = CreateClient();
    }

    /// <inheritdoc/>
    public int MaxAtOnce => 32;

    /// <inheritdoc/>
    public bool LooksAtClient => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => _config.CaFile is { } file ? [file] : [];

    /// <inheritdoc/>
    public void Refresh() => _http = CreateClient(); // questions under way have the one before

    /// <inheritdoc/>
    public async Task<BackEndAnswer> AskAsync(BackEndQuestion question, CancellationToken cancellationToken)
    {
        // No password that anybody could have set over JSON.
        if (!Utf8.IsValid(question.Secret.Span)) return BackEndAnswer.Denied;
        byte[] body = BodyOf(question);
        try
        {
            using ByteArrayContent content = new(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpRequestMessage request = new(HttpMethod.Post, _config.Address) { Content = content };
            using HttpResponseMessage response =
                await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) return BackEndAnswer.Denied;
            if (response.StatusCode != HttpStatusCode.OK)
            {
                string reason = string.Create(CultureInfo.InvariantCulture, $"it answered {(int)response.StatusCode}");
                // A service may well say that of one login alone, unless it says that the fault is its own (RFC 9110 section 15.6).
                return (int)response.StatusCode >= 500 ? BackEndAnswer.Unavailable(reason) : BackEndAnswer.Unusable(reason);
            }
            return await ReadAsync(response, question.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return BackEndAnswer.Unavailable(exception.GetBaseException().Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private byte[] BodyOf(BackEndQuestion question)
    {
        // Large enough from the beginning, so that no half of it stays behind: six octets at most for one.
        ArrayBufferWriter<byte> buffer = new(8192 + (6 * question.Secret.Length));
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (question.Name is { } name)
            {
                json.WriteString("user", name);
                json.WriteString("password", question.Secret.Span);
            }
            else json.WriteString("token", question.Secret.Span);
            json.WriteString("inbound", question.Inbound);
            json.WriteString("client", question.Client.ToString());
            json.WriteString("server", _server);
            json.WriteEndObject();
        }
        byte[] body = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return body;
    }

    private static async Task<BackEndAnswer> ReadAsync(HttpResponseMessage response, string? asked, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[HttpAnswerReader.MaxLength + 1];
        int length = 0;
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            while (length < buffer.Length)
            {
                int read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                length += read;
            }
        }
        return length > HttpAnswerReader.MaxLength
            ? BackEndAnswer.Unusable($"its answer has more than {HttpAnswerReader.MaxLength / 1024} KiB")
            : HttpAnswerReader.Read(buffer.AsMemory(0, length), asked);
    }

    private HttpClient CreateClient()
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            // What is unpacked could be of any size.
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16, // KiB
            MaxResponseDrainSize = 0,
            MaxConnectionsPerServer = MaxAtOnce,
            PooledConnectionIdleTimeout = IdleTimeout,
            PooledConnectionLifetime = Lifetime,
            ConnectCallback = async (context, token) => await _connect(context.DnsEndPoint, token).ConfigureAwait(false),
            SslOptions = ServerCertificatePolicy.Options(_config.CaFile),
        };
        // The time-out is that of the question.
        HttpClient http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("MultiExit", null));
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_config.Token is { } token) http.DefaultRequestHeaders.Authorization = new("Bearer", Encoding.ASCII.GetString(token.Reveal()));
        return http;
    }
}
