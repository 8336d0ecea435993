using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MultiExit.Soak.Servers;

/// <summary>A server's control socket: HTTP with JSON, as curl would speak it.</summary>
internal sealed class ControlSocket(string path) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
        // A connection that is kept would be a descriptor of the server more.
        PooledConnectionLifetime = TimeSpan.Zero,
    }) { Timeout = TimeSpan.FromMinutes(1) };

    public Task<JsonElement> GetAsync(string target) => AskAsync(HttpMethod.Get, target, null, HttpStatusCode.OK);

    /// <summary>Asks, and throws unless the answer has that status.</summary>
    public async Task<JsonElement> AskAsync(HttpMethod method, string target, string? body, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(method, "http://localhost/" + target);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8);
        using HttpResponseMessage response = await _client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != expected) throw new InvalidOperationException($"{method} /{target} was answered with {(int)response.StatusCode} {text}");
        if (text.Length == 0) return default;
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public void Dispose() => _client.Dispose();
}
