using System.Net;
using System.Net.Http.Headers;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>Requests through the HTTP proxy on one connection that is kept alive, by the HTTP client of the platform. A GET that finds its
/// kept connection ended is sent again on another one, as by every client.</summary>
internal sealed class WebClient : IDisposable
{
    private readonly HttpClient _client;
    private readonly Stage _stage;
    private readonly Way _way;

    public WebClient(Stage stage, Way way)
    {
        (_stage, _way) = (stage, way);
        SocketsHttpHandler handler = new() { Proxy = new WebProxy($"http://{stage.Dialer[way.Entrance]}"), MaxConnectionsPerServer = 1 };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public static bool Suits(Way way) => way.Entrance is Entrance.Http or Entrance.MixedHttp && way.Exit.Detour is null;

    /// <summary>Asks for so many bytes, and sends as many if there is to be a body.</summary>
    public async Task AskAsync(int count, bool withBody, CancellationToken cancellationToken)
    {
        int seed = _stage.NextSeed() + (count % 2);
        string url = $"http://{_stage.Targets.Web.EndPoint}/{seed}/{count}";
        using HttpRequestMessage request = new(withBody ? HttpMethod.Post : HttpMethod.Get, url);
        request.Headers.ProxyAuthorization = new AuthenticationHeaderValue("Basic", Handshakes.BasicLogin(_way.Exit.Name, Dialer.Password));
        if (withBody)
        {
            byte[] body = new byte[count];
            Pattern.Fill(seed - 1, 0, body);
            request.Content = new ByteArrayContent(body);
        }
        using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK) throw new RefusedException($"HTTP {(int)response.StatusCode}");
        byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (answer.Length != count) throw new WrongBytesException($"an answer of {count} bytes came with {answer.Length}");
        Pattern.Check(seed, 0, answer);
    }

    public void Dispose() => _client.Dispose();
}
