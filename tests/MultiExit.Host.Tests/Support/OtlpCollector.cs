using System.Net;
using System.Text;
using System.Threading.Channels;

namespace MultiExit.Host.Tests.Support;

/// <summary>Takes what is pushed to it over HTTP, and keeps it.</summary>
internal sealed class OtlpCollector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<(string Request, string ContentType, string Body)> _requests = Channel.CreateUnbounded<(string, string, string)>();

    public OtlpCollector()
    {
        Url = $"http://{OwnEndPoints.Next()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url { get; }

    /// <summary>Waits for a request whose body has a text.</summary>
    public async Task<(string Request, string ContentType, string Body)> WithAsync(string text)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        await foreach ((string Request, string ContentType, string Body) request in _requests.Reader.ReadAllAsync(limit.Token))
            if (request.Body.Contains(text, StringComparison.Ordinal)) return request;
        throw new InvalidOperationException("the collector ended");
    }

    public void Dispose() => _listener.Close();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using MemoryStream body = new();
                await context.Request.InputStream.CopyToAsync(body);
                _requests.Writer.TryWrite(($"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath}", context.Request.ContentType ?? "",
                    Encoding.Latin1.GetString(body.ToArray())));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
