using MultiExit.Engine.Tls;

namespace MultiExit.Host;

/// <summary>The HTTP client of a push. OpenTelemetry's own would connect wherever the certificate of a collector says
/// (<see cref="ServerCertificatePolicy"/>); the variables of the environment mean the same with this one.</summary>
internal static class OtlpHttp
{
    private const string Certificate = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", Key = "OTEL_EXPORTER_OTLP_CLIENT_KEY";

    /// <summary>Makes it.</summary>
    /// <param name="timeout">How long a request may take.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <exception cref="FormatException">The client's certificate is named without its key, or the key without it.</exception>
    /// <exception cref="Engine.Errors.ProxyException">A certificate or key that the environment names cannot be read.</exception>
    public static HttpClient Create(TimeSpan timeout, Func<string, string?> environment)
    {
        string? certificate = Read(Certificate), key = Read(Key);
        if (certificate is null != key is null)
            throw new FormatException($"{Certificate} and {Key} go together, and {(key is null ? Key : Certificate)} is not set");
        SocketsHttpHandler handler = new()
        {
            SslOptions = ServerCertificatePolicy.Options(Read("OTEL_EXPORTER_OTLP_CERTIFICATE"), certificate, key),
        };
        return new HttpClient(handler) { Timeout = timeout };

        string? Read(string name) => environment(name) is { Length: > 0 } value ? value : null;
    }
}
