using System.Net;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Servers;

/// <summary>A server whose exits lead through every inbound of two far ones. Its users are named after its exits and groups: who logs in
/// as one leaves by it.</summary>
internal sealed class NearConfig(Identity identity, FarConfig far, Func<string, int> frailPort, string disk, IPEndPoint target)
{
    private readonly Dictionary<Entrance, int> _ports = Enum.GetValues<Entrance>().Where(entrance => entrance != Entrance.MixedHttp)
        .ToDictionary(entrance => entrance, _ => Soak.Ports.Next());

    private readonly int _extraPort = Soak.Ports.Next();

    public IReadOnlyDictionary<Entrance, IPEndPoint> Entrances =>
        Enum.GetValues<Entrance>().ToDictionary(entrance => entrance, entrance => new IPEndPoint(IPAddress.Loopback, PortOf(entrance)));

    public IReadOnlyList<ExitRoute> Routes =>
    [
        new("out") { CarriesUdp = true },
        .. Through("far", steady: true), .. Through("frail", steady: false),
        new("far-chain") { CarriesUdp = true },
        new("far-forward") { Detour = new IPEndPoint(IPAddress.Loopback, far.Ports["forward"]) },
        new("pool") { IsSteady = false, IsAlwaysServed = true },
        new("round") { IsSteady = false, IsAlwaysServed = true },
        new("stick") { CarriesUdp = true },
    ];

    /// <summary>The text. Variants other than 0 have an inbound and an exit more, and other weights and limits; what is in use is the
    /// same in all.</summary>
    public string Text(int variant = 0) => $$"""
        # variant {{variant}}
        name: near
        inbounds:
          - { name: socks5, type: socks5, listen: "127.0.0.1:{{PortOf(Entrance.Socks5)}}", users: {{Users}} }
          - { name: http, type: http, listen: "127.0.0.1:{{PortOf(Entrance.Http)}}", users: {{Users}} }
          - { name: mixed, type: mixed, listen: "127.0.0.1:{{PortOf(Entrance.MixedSocks5)}}", users: {{Users}} }
          - { name: websocket, type: websocket, listen: "127.0.0.1:{{PortOf(Entrance.WebSocket)}}", users: {{Users}} }
          - { name: forward-out, type: forward, listen: "127.0.0.1:{{PortOf(Entrance.ForwardOut)}}", target: "{{target}}" }
          - { name: forward-tunnel, type: forward, listen: "127.0.0.1:{{PortOf(Entrance.ForwardTunnel)}}", target: "{{target}}" }
        {{(variant == 0 ? "" : $"  - {{ name: extra, type: mixed, listen: \"127.0.0.1:{_extraPort}\" }}")}}
        exits:
          - { name: out, type: direct, weight: {{1 + (variant % 1000)}} }
        {{Exits("far", inbound => far.Ports[inbound])}}
        {{Exits("frail", frailPort)}}
          - { name: far-chain, type: socks5, server: "127.0.0.1:{{far.Ports["socks5"]}}", {{FarLogin}}, via: far-tunnel }
        {{(variant == 0 ? "" : $"  - {{ name: extra-{variant}, {Tunnel(far.Ports["tunnel"])} }}")}}
        groups:
          - { name: pool, strategy: failover, exits: [frail-tunnel, far-tunnel, out], retries: 2, health: {{Health}} }
          - { name: round, strategy: round_robin, exits: [frail-http, out, frail-ech, far-websocket], retries: 3 }
          - { name: stick, strategy: sticky, bind: user, exits: [far-ech, out], state: "{{disk}}/stick.state" }
        routes:
          - { inbounds: [forward-tunnel], exit: far-tunnel }
        {{string.Join('\n', Names.Select(name => $"  - {{ users: [{name}], exit: {name} }}"))}}
        default: out
        limits: { drain_timeout: 2s, quota_per_user: 1000GiB, usage_file: "{{disk}}/usage.json", connections: {{10_000 + variant}} }
        logging: { file: "{{disk}}/near.log", access: "{{disk}}/near-access.log" }
        records: { path: "{{disk}}/records.db", max_size: 16MiB }
        control: { socket: near.sock }
        history: { directory: "{{disk}}/history", keep: 10 }
        """;

    private static string FarLogin => $"username: {FarConfig.User}, password: {FarConfig.Password}";

    private string Users => $"{{ {string.Join(", ", Routes.Select(route => $"{route.Name}: {{ password: {Dialer.Password} }}"))} }}";

    private string Health => $"{{ target: \"tcp://{target}\", interval: 2s }}";

    private IEnumerable<string> Names => Routes.Where(route => route.Detour is null).Select(route => route.Name);

    private string Tunnel(int port) =>
        $"type: tunnel, server: \"127.0.0.1:{port}\", key: \"{identity.TunnelKey}\", pin: \"{identity.Pin}\"";

    private int PortOf(Entrance entrance) => _ports[entrance == Entrance.MixedHttp ? Entrance.MixedSocks5 : entrance];

    private static IEnumerable<ExitRoute> Through(string server, bool steady) =>
        new[] { "socks5", "http", "mixed", "websocket", "tunnel", "ech", "plain" }.Select(kind => new ExitRoute($"{server}-{kind}")
        {
            IsSteady = steady, CarriesUdp = kind is not ("http" or "websocket"), TellsEnds = kind != "plain",
        });

    private string Exits(string server, Func<string, int> port)
    {
        string ech = $"type: ech-tunnel, server: \"wss://127.0.0.1:{port("ech")}/tunnel\", token: {identity.Token}, "
            + $"tls: {{ pin: \"{identity.Pin}\" }}";
        return $$"""
              - { name: {{server}}-socks5, type: socks5, server: "127.0.0.1:{{port("socks5")}}", {{FarLogin}} }
              - { name: {{server}}-http, type: http, server: "127.0.0.1:{{port("http")}}", {{FarLogin}} }
              - { name: {{server}}-mixed, type: socks5, server: "127.0.0.1:{{port("mixed")}}", {{FarLogin}} }
              - { name: {{server}}-websocket, type: websocket, server: "ws://127.0.0.1:{{port("websocket")}}/", {{FarLogin}} }
              - { name: {{server}}-tunnel, {{Tunnel(port("tunnel"))}} }
              - { name: {{server}}-ech, {{ech}} }
              - { name: {{server}}-plain, {{ech}}, format: plain }
            """;
    }
}
