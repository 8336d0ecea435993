using System.Net;

namespace MultiExit.Soak.Servers;

/// <summary>A server with an inbound of every type, which goes out directly.</summary>
internal sealed class FarConfig(string name, Identity identity, IPEndPoint target)
{
    public const string User = "near";
    public const string Password = "far-password";

    /// <summary>Where each inbound listens, by its name.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; } =
        new[] { "socks5", "http", "mixed", "websocket", "tunnel", "ech", "forward" }
            .ToDictionary(inbound => inbound, _ => Soak.Ports.Next());

    /// <summary>The text; another variant is another text that does the same.</summary>
    public string Text(int variant = 0) => $$"""
        # variant {{variant}}
        name: {{name}}
        inbounds:
          - { name: socks5, type: socks5, listen: "127.0.0.1:{{Ports["socks5"]}}", users: {{Users}} }
          - { name: http, type: http, listen: "127.0.0.1:{{Ports["http"]}}", users: {{Users}} }
          - { name: mixed, type: mixed, listen: "127.0.0.1:{{Ports["mixed"]}}", users: {{Users}} }
          - { name: websocket, type: websocket, listen: "127.0.0.1:{{Ports["websocket"]}}", users: {{Users}} }
          - { name: tunnel, type: tunnel, listen: "127.0.0.1:{{Ports["tunnel"]}}", key: "{{identity.TunnelKey}}", tls: {{Tls}} }
          - { name: ech, type: ech-tunnel, listen: "127.0.0.1:{{Ports["ech"]}}", path: /tunnel, token: {{identity.Token}}, tls: {{Tls}} }
          - { name: forward, type: forward, listen: "127.0.0.1:{{Ports["forward"]}}", target: "{{target}}" }
        limits: { drain_timeout: 2s, connections: {{10_000 + variant}} }
        logging: { file: log/{{name}}.log, access: { file: log/{{name}}-access.json, format: json } }
        records: { path: log/{{name}}-records.db }
        metrics: { listen: "127.0.0.1:0" }
        control: { socket: {{name}}.sock }
        history: { directory: {{name}}-history, keep: 10 }
        """;

    private static string Users => $"{{ {User}: {{ password: {Password} }} }}";

    private static string Tls => $"{{ cert: {Identity.CertificateFile}, key: {Identity.KeyFile} }}";
}
