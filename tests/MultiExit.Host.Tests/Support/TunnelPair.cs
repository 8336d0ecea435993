using MultiExit.Engine.Server;

namespace MultiExit.Host.Tests.Support;

/// <summary>Two processes: a local proxy and, behind the tunnel, its server.</summary>
internal sealed class TunnelPair : IDisposable
{
    private readonly TemporaryCertificate _certificate;

    private TunnelPair(TemporaryCertificate certificate, ProxyHost server, ProxyHost client)
    {
        _certificate = certificate;
        Server = server;
        Client = client;
    }

    public ProxyHost Server { get; }

    public ProxyHost Client { get; }

    /// <summary>Starts both on loopback.</summary>
    public static Task<TunnelPair> StartAsync(string method = "chacha20-poly1305", int? serverDescriptors = null) =>
        StartAsync(null, method, "", serverDescriptors);

    /// <summary>Starts each at its end of a link, or both on loopback.</summary>
    /// <param name="link">The link.</param>
    /// <param name="method">The tunnel method.</param>
    /// <param name="exitOptions">More keys of the exit, each with a comma in front.</param>
    /// <param name="serverDescriptors">How many descriptors the server may have; null: as many as the tests.</param>
    public static async Task<TunnelPair> StartAsync(NetworkLink? link, string method, string exitOptions, int? serverDescriptors = null)
    {
        TemporaryCertificate certificate = new();
        string key = TunnelKey.Generate();
        using TemporaryFile serverConfig = new($$"""
            name: far
            inbounds:
              - name: tunnel
                type: tunnel
                listen: "{{link?.FarAddress.ToString() ?? "127.0.0.1"}}:0"
                tls: { cert: {{certificate.CertificatePath}}, key: {{certificate.KeyPath}} }
                key: "{{key}}"
                private_destinations: allow
            """);
        ProxyHost server = serverDescriptors is { } most
            ? await ProxyHost.StartWithDescriptorsAsync(most, "--config", serverConfig.Path)
            : await ProxyHost.StartInAsync(link?.Far, "--config", serverConfig.Path);
        using TemporaryFile clientConfig = new($$"""
            name: near
            inbounds:
              - { name: local, type: mixed, listen: "127.0.0.1:0" }
            exits:
              - { name: far, type: tunnel, server: "{{server.Address}}", key: "{{key}}", method: {{method}}, pin: "{{certificate.Pin}}"{{exitOptions}} }
            default: far
            """);
        return new TunnelPair(certificate, server, await ProxyHost.StartInAsync(link?.Near, "--config", clientConfig.Path));
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _certificate.Dispose();
    }
}
