using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Errors;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

/// <summary>The client of a push, towards a collector with a certificate of its own.</summary>
public sealed class OtlpHttpTests
{
    [Fact]
    public async Task The_certificates_of_the_environment_are_used()
    {
        using TemporaryFolder folder = new();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=collector", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string file = Path.Combine(folder.Path, "cert.pem"), keyFile = Path.Combine(folder.Path, "key.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        using TcpListener collector = new(IPAddress.Loopback, 0);
        collector.Start();
        using X509Certificate2 own = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        Task<string?> shown = ServeAsync(collector, own);

        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["OTEL_EXPORTER_OTLP_CERTIFICATE"] = "" };
        Uri url = new($"https://{collector.LocalEndpoint}/v1/metrics");
        using HttpClient strict = OtlpHttp.Create(HostProcess.Limit, environment.GetValueOrDefault);
        await Assert.ThrowsAsync<HttpRequestException>(() => strict.GetAsync(url));
        environment = new(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_CERTIFICATE"] = file,
            ["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"] = file,
            ["OTEL_EXPORTER_OTLP_CLIENT_KEY"] = keyFile,
        };
        using HttpClient http = OtlpHttp.Create(HostProcess.Limit, environment.GetValueOrDefault);
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync(url)).StatusCode);
        Assert.Equal("CN=collector", await shown.WaitAsync(HostProcess.Limit));
        environment["OTEL_EXPORTER_OTLP_CERTIFICATE"] = file + ".gone";
        Assert.Throws<ProxyException>(() => OtlpHttp.Create(HostProcess.Limit, environment.GetValueOrDefault));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_KEY")]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE")]
    public void A_clients_certificate_without_its_key_is_refused_and_so_is_a_key_alone(string set, string missing)
    {
        string message = Assert.Throws<FormatException>(
            () => OtlpHttp.Create(HostProcess.Limit, name => name == set ? "/etc/own.pem" : null)).Message;
        Assert.Contains(set, message, StringComparison.Ordinal);
        Assert.EndsWith($"{missing} is not set", message, StringComparison.Ordinal);
    }

    // Until a client speaks TLS with it; the result is the subject of that client's certificate.
    private static async Task<string?> ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        while (true)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            await using SslStream tls = new(client.GetStream());
            try
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                    ClientCertificateRequired = true, RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                });
                if (await tls.ReadAsync(new byte[4096]) == 0) continue;
                await tls.WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray());
                return tls.RemoteCertificate?.Subject;
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException)
            {
                // Not trusted.
            }
        }
    }
}
