using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Events;

/// <summary>Posts events to a URL.</summary>
internal sealed class HttpNotice : INotice
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;
    private readonly Uri _url;

    public HttpNotice(NotifyConfig config)
    {
        _url = new Uri(Encoding.UTF8.GetString(config.Url!.Reveal()));
        SocketsHttpHandler handler = new()
        {
            UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = Patience,
            SslOptions = ServerCertificatePolicy.Options(caFile: null),
        };
        _http = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = 64 * 1024 };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("MultiExit", null));
        if (config.Token is { } token) _http.DefaultRequestHeaders.Authorization = new("Bearer", Encoding.UTF8.GetString(token.Reveal()));
    }

    public async Task TellAsync(string type, string body, CancellationToken cancellationToken)
    {
        try
        {
            using StringContent content = new(body, Encoding.UTF8, "application/json");
            using HttpRequestMessage request = new(HttpMethod.Post, _url) { Content = content };
            using HttpResponseMessage response =
                await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw new NoticeException($"it answered {(int)response.StatusCode}", MayPass(response.StatusCode));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NoticeException($"no answer within {Patience.TotalSeconds:0} s", mayPass: true, exception);
        }
        catch (HttpRequestException exception)
        {
            throw new NoticeException(exception.InnerException?.Message ?? exception.Message, mayPass: true, exception);
        }
    }

    public void Dispose() => _http.Dispose();

    // The server is at fault, or asks to be left alone for a while (RFC 9110 section 15.6, RFC 6585 section 4).
    private static bool MayPass(HttpStatusCode status) => (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
}
