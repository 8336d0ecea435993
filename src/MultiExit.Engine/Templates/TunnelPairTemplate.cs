using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Templates;

/// <summary>A tunnel: a server, and a client that leads its programs there.</summary>
internal static class TunnelPairTemplate
{
    public static void Write(TemplateWriter writer)
    {
        Destination server = ConfigTemplates.ServerOf(writer.Request);
        string key = writer.Secret("tunnel.key", TunnelKey.Generate());
        writer.Document("server.yaml", $$"""
            # The server of a tunnel: its clients' connections leave from this host.
            # Copy this file and the key to {{server.Host}}. Before the start: multiexit check --preflight --config server.yaml.
            name: hub

            inbounds:
              - name: tunnel
                type: tunnel
                listen: ":{{server.Port}}"
                # The key proves both sides, so a certificate that is made at every start will do. With files of a public CA the port is like any
                # web server's: tls: { cert: cert.pem, key: key.pem }, and with `fallback: "127.0.0.1:8080"` others get that web server.
                tls: { self_signed: true }
                # Whoever has it may use the server. One key for each client can be taken away singly: key: [KEY, KEY], New-MxKey makes them.
                key: {{key}}

            default: direct

            """);
        writer.Document("client.yaml", ClientText(writer.Request, server, key, ""));
    }

    /// <summary>The client's document.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="server">The server.</param>
    /// <param name="key">The key, as a value.</param>
    /// <param name="more">More lines of the exit.</param>
    public static string ClientText(TemplateRequest request, Destination server, string key, string more) => $$"""
        # The client of a tunnel: programs of this host use it as their proxy, and their connections leave from the server.
        #   curl -x socks5h://{{request.Listen ?? "127.0.0.1:1080"}} https://example.com/
        name: desk

        inbounds:
          # SOCKS5 and HTTP on one port, for this host alone.
          - { name: proxy, type: mixed, listen: {{TemplateWriter.Quote(request.Listen ?? "127.0.0.1:1080")}} }

        exits:
          - name: hub
            type: tunnel
            server: {{TemplateWriter.Quote(server.ToString())}}
            # The same as the server's.
            key: {{key}}
        {{more}}
        # All goes through the tunnel. For some of it: routes: [{ domains: [.example.com], exit: hub }] and default: direct.
        default: hub

        """;
}
