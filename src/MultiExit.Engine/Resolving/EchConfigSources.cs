using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Resolving;

/// <summary>Makes the source that a configuration asks for.</summary>
internal static class EchConfigSources
{
    private const int HttpsPort = 443;

    /// <summary>Makes it. No query is sent yet.</summary>
    /// <param name="ech">The configuration of the exit.</param>
    /// <param name="dns">The resolver when the exit names none.</param>
    /// <param name="host">The server's name, the one to hide.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="getRecords">Gives the answers of a resolver, and asks it for those that are missing.</param>
    /// <exception cref="ProxyException">There is no resolver or no name to ask for (<see cref="ProxyError.InvalidConfiguration"/>);
    /// the CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public static IEchConfigSource Create(EchClientConfig ech, DnsConfig dns, string host, int port, Func<DohConfig, DnsCache> getRecords)
    {
        if (ech.Configs is { } configs) return new StaticEchConfig(configs);
        DohConfig doh = ech.Doh ?? dns.Doh ?? throw Invalid("says nowhere where the config comes from; expected `doh`, `config`, or `dns.doh`");
        string name = ech.Name ?? QueryName(host, port);
        if (IPAddress.TryParse(name, out _) || !DnsName.TryNormalize(name, out string? normalized))
            throw Invalid($"cannot look up {name}; give the name that has the HTTPS record in `name`");
        return new LookedUpEchConfig(getRecords(doh), normalized);
    }

    // RFC 9460 section 9.1.
    private static string QueryName(string host, int port) =>
        port == HttpsPort || IPAddress.TryParse(host, out _) ? host : $"_{port}._https.{host}";

    private static ProxyException Invalid(string fault) => new(ProxyError.InvalidConfiguration, $"ech {fault}");
}
