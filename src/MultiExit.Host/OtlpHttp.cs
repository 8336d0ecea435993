using MultiExit.Engine.Tls;

namespace MultiExit.Host;

/// <summary>The HTTP client of a push. OpenTelemetry's own would connect wherever the certificate of a collector says
/// (<see cref="ServerCertificatePolicy"/>); the variables of the environment mean the same with this one.</summary>
internal static class OtlpHttp
{
    /// <summary>Makes it.</summary>
    /// <param name="timeout">How long a request may take.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <exception cref="Engine.Errors.ProxyException">A certificate or key that the environment names cannot be read.</exception>
    public static HttpClient Create(TimeSpan timeout, Func<string, string?> environment)
    {
        SocketsHttpHandler handler = new()
        {
            SslOptions = ServerCertificatePolicy.Options(
                Read("OTEL_EXPORTER_OTLP_CERTIFICATE"), Read("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"), Read("OTEL_EXPORTER_OTLP_CLIENT_KEY")),
        };
        return new HttpClient(handler) { Timeout = timeout };

        string? Read(string name) => environment(name) is { Length: > 0 } value ? value : null;
    }
}
