using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A tiny HTTP server for one question a connection: it reads a request, lists it, and writes what the test says as it is.</summary>
internal sealed class HttpLoginService : IDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<string, Stream, Task> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly List<string> _requests = [];

    /// <param name="answer">Answers: it gets the head and body of the request, and the connection.</param>
    /// <param name="certificate">For TLS; null: none.</param>
    public HttpLoginService(Func<string, Stream, Task> answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        // What is asked behind its end, nobody else answers. A certificate is for 127.0.0.1.
        _listener = new TcpListener(certificate is null ? OwnEndPoints.Next() : new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <param name="rule">The JSON for a body.</param>
    public HttpLoginService(Func<string, string> rule)
        : this((request, stream) => WriteAsync(stream, "200 OK", rule(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])))
    {
    }

    public string Url => $"http{(_certificate is null ? "" : "s")}://{_listener.LocalEndpoint}/ask?k=v";

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public static async Task WriteAsync(Stream stream, string status, string body, string fields = "") => await stream.WriteAsync(Encoding.UTF8.GetBytes(
        $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{fields}\r\n{body}"));

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    SslStream tls = new(stream);
                    // By itself it would look for the issuer of its certificate in the network.
                    SslStreamCertificateContext offline = SslStreamCertificateContext.Create(_certificate, null, offline: true);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = offline });
                    stream = tls;
                }
                string request = await ReadAsync(stream);
                lock (_requests) _requests.Add(request);
                await _answer(request, stream);
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException or ObjectDisposedException)
            {
                // The client has gone, which is what a test may be about.
            }
        }
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        StringBuilder request = new();
        byte[] buffer = new byte[4096];
        while (true)
        {
            int read = await stream.ReadAsync(buffer);
            request.Append(Encoding.UTF8.GetString(buffer, 0, read));
            string text = request.ToString();
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || end < 0) continue;
            string length = text.Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
            if (Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)) return text;
        }
    }
}
