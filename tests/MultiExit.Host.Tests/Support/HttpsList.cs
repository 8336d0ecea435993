using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MultiExit.Host.Tests.Support;

/// <summary>A web server on loopback with a list, over TLS with a certificate of a CA of its own.</summary>
internal sealed class HttpsList : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly TemporaryFile _ca;

    public HttpsList(string text)
    {
        Text = text;
        using ECDsa caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest root = new($"CN=List Test CA {Guid.NewGuid():N}", caKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 ca = root.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(ca, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
        using X509Certificate2 withKey = signed.CopyWithPrivateKey(key);
        _certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        _ca = new TemporaryFile(ca.ExportCertificatePem(), ".pem");
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The certificate of the CA.</summary>
    public string CaPath => _ca.Path;

    public string Url => $"https://{_listener.LocalEndpoint}/list";

    public string Text { get; set; }

    /// <summary>Where it sends its clients to; null: they get the list.</summary>
    public string? Location { get; set; }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
        _ca.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using SslStream stream = new(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // The head of the request.
                }
                string head = Location is { } location ? $"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0"
                    : $"HTTP/1.1 200 OK\r\nContent-Length: {Text.Length}";
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\nConnection: close\r\n\r\n{(Location is null ? Text : "")}"));
                await stream.ShutdownAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            // A client that does not trust it.
        }
    }
}
