using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Templates;

/// <summary>A tunnel whose server name nobody on the way sees.</summary>
internal static class EchTemplate
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);

    public static void Write(TemplateWriter writer)
    {
        TemplateRequest request = writer.Request;
        Destination server = ConfigTemplates.ServerOf(request);
        string publicName = request.PublicName!;
        if (!EchKey.IsPublicName(publicName))
            throw new ProxyException(ProxyError.InvalidConfiguration,
                $"'{publicName}' cannot be the public name; expected a host name such as www.example.com");
        if (!request.HasFiles)
            throw new ProxyException(ProxyError.InvalidConfiguration,
                "the template ech has files of keys and certificates; say with -Path which folder they go to");
        string key = writer.Secret("tunnel.key", TunnelKey.Generate());
        EchKey ech = EchKey.Create(publicName);
        SelfSignedCertificate certificate = SelfSignedCertificate.Create([server.Host, publicName], Validity, TimeProvider.System);
        writer.Add("ech.pem", ech.KeyPem, isPrivate: true);
        writer.Add("key.pem", certificate.KeyPem + "\n", isPrivate: true);
        writer.Add("cert.pem", certificate.CertificatePem + "\n", isPrivate: false);
        writer.Document("server.yaml", $$"""
            # The server of a tunnel whose name is hidden: on the way everybody sees {{publicName}}, and nobody {{server.Host}}.
            # Copy it with tunnel.key, ech.pem, cert.pem and key.pem. It needs NSS (libnss3) or OpenSSL 4:
            # multiexit check --preflight --config server.yaml
            name: hub

            inbounds:
              - name: tunnel
                type: tunnel
                listen: ":{{server.Port}}"
                # The certificate was made here and ends after a year; take one of a public CA, for both names, before others look at the port.
                # New-MxEchKey -Keep makes the next key while clients still use this one.
                tls: { cert: cert.pem, key: key.pem, ech: { key: ech.pem } }
                key: {{key}}
                # Others get this web server: fallback: "127.0.0.1:8080"

            default: direct

            """);
        writer.Document("client.yaml", TunnelPairTemplate.ClientText(request, server, key, $$"""
                # The public config of the server's key. In place of it the DNS can have it, which finds the next key by itself:
                #   ech: { doh: "https://1.1.1.1/dns-query" }, and in the zone
                #   {{ech.DnsRecord(server.Host)}}
                ech: { config: {{TemplateWriter.Quote(ech.ConfigList)}} }

            # Names over HTTPS: the system's resolver would ask for {{server.Host}} in the clear, and tell what ECH hides.
            dns: { doh: "https://1.1.1.1/dns-query" }

            """));
    }
}
