using System.Text.RegularExpressions;

namespace MultiExit.Engine.Tests.Configuration.Schema;

/// <summary>Documents that have each mapping of a configuration, and each form of a value; not all of them are valid.</summary>
internal static partial class SchemaDocuments
{
    private const string Tls = "tls: { cert: c, key: k, ech: { key: [e] }, clients: { ca: [c], crl: [r], require: optional, user_from: cn } }";

    private const string Ech = "{ config: { file: f }, name: a, doh: \"https://1.1.1.1/\", bootstrap: [1.1.1.1], ca: c }";

    // What is not in the examples of the documents.
    private static readonly string[] More =
    [
        $$"""
        name: a
        name_parameters: [session]
        name_separator: "+"
        inbounds:
        {{string.Join('\n', Types("socks5", "http", "mixed", "forward", "tunnel", "websocket", "ech-tunnel", "lightsocks").Select(type =>
            $"  - {{ name: {type}, type: {type}, listen: \":1\", target: \"a:1\", {Tls}, proxy_protocol: {{ from: [10.0.0.0/8] }}, "
            + "allow: [10.0.0.0/8], users: { bob: { password: p } }, auth: { file: f }, key: [long enough], token: [t], password: p, "
            + "methods: [tls], origins: [\"*\"], fallback: \"a:1\", udp_address: 192.0.2.1, path: /, network: udp, session_header: X-A }"))}}
          - { name: s, type: shadowsocks, listen: ":9", method: aes-256-gcm, password: p, allow: [10.0.0.0/8], proxy_protocol: { from: 10.0.0.0/8 },
              users: all }
          - { name: g, type: transparent, listen: ":8", allow: 10.0.0.0/8, users: [a], udp: true, mode: tproxy, redirect: { from: [eth1], ports: [80],
              except: [10.0.0.0/8] } }
        exits:
          - { name: d, type: direct, health: { target: "tcp://a:1", status: 204 }, limits: { shadow: true }, country: de, address: inbound, gateway: 192.0.2.1 }
          - { name: d2, type: direct, prefix: "2001:db8::/64", bind: client, interface: eth0 }
          - { name: d3, type: direct, addresses: [198.51.100.0/28] }
        {{string.Join('\n', Types("socks5", "http", "socks4", "websocket", "ech-tunnel").Select(type =>
            $"  - {{ name: {type}, type: {type}, server: \"{(type == "ech-tunnel" ? "wss" : type == "websocket" ? "wss" : type)}://a:1/\", "
            + "username: u, password: p, via: d, token: [t], addresses: [192.0.2.1], "
            + $"health: {{ interval: 1s }}, limits: {{ shadow: true }}, country: de, ech: {Ech}, "
            + "tls: { sni: a, server_name: a, ca: c, cert: c, key: k, pin: [\"sha256:00\"], insecure: true, "
            + $"ech: {Ech} }} }}"))}}
          - { name: t, type: tunnel, server: a, key: [long enough], via: d, user: u, sni: a, ca: c, pin: [p], fake_snis: [a], country: de,
              health: { interval: 1s }, limits: { shadow: true }, tls: { server_name: a, cert: c, key: k }, method: tls, ech: {{Ech}} }
          - { name: l, type: lightsocks, server: "a:1", password: p, via: d, country: de, health: { interval: 1s }, limits: { shadow: true } }
          - { name: w, type: shadowsocks, server: "a:1", method: aes-256-gcm, password: p, via: d, country: de, health: { interval: 1s },
              limits: { shadow: true } }
        groups:
          - { name: e, strategy: port_based, exits: [d], port_ranges: [{ ports: [1], exit: d }], health: { target: "tcp://a:1" } }
          - { name: h, strategy: sticky, exits: [d], state: f }
          - { name: f, publish: { expires: 1m }, members: { file: f, url: "http://a/", state: s, sha256: aa, via: d, every: 1s, max: 5 }, bind: client,
              hash: client }
        routes:
          - { users: [a], groups: [g], clients: [192.0.2.1], inbounds: [s], local_networks: [192.0.2.1], protocols: [tcp], domains: [a], domain_keyword: [a],
              domain_regex: [a], networks: [192.0.2.1], sets: [s], countries: [DE], asns: [1], ports: [1], times: [{ days: [mon], hours: ["08:00-09:00"],
              zone: UTC }],
              not: { users: [a], groups: [g], clients: [192.0.2.1], inbounds: [s], local_networks: [192.0.2.1], protocols: [tcp], domains: [a],
                domain_keyword: [a],
                domain_regex: [a], networks: [192.0.2.1], sets: [s], countries: [DE], asns: [1], ports: [1], times: { days: mon, hours: "08:00-09:00",
                zone: UTC } },
              any: [{ ports: 1 }], all: [{ ports: 1 }], exit: d }
          - { ports: 1, exit: d, times: { days: mon, hours: "08:00-09:00", zone: UTC } }
        geoip: { country: f, asn: f }
        sets: { s: { file: f, url: "http://a/", state: s, sha256: aa, via: d }, t: { domains: [a], networks: [192.0.2.1] } }
        dns: { doh: "https://1.1.1.1/dns-query", ca: c, bootstrap: [1.1.1.1] }
        limits: { lockout: { failures: 1 }, users: { a: { connections: 1 } }, inbounds: { s: { connections: 1 } }, usage_file: f, memory: 1GiB }
        logging: { file: f, access: { file: a } }
        notify: [{ url: "http://a/", token: t, events: [a] }, { command: [a] }]
        metrics: { listen: ":6", tls: { self_signed: true }, token: t, otlp: { endpoint: "http://a/", headers: { a: b } }, allow: [10.0.0.0/8] }
        snat: { enabled: true, gateway: 192.0.2.1, interface: eth0 }
        history: { directory: h }
        records: { path: r }
        fleet: { store: "postgres://u@h/d", password: p, ca: c, name: f, node: n, labels: [l], on_outage: refuse, replay: shared }
        control: { socket: s }
        dashboard: { listen: ":6", users: [{ name: a, password: b, password_hash: h }], hosts: [a], token: t, tls: { cert: c, key: k, ech: { key: [e] } },
          allow: [10.0.0.0/8], origins: [a] }
        users:
          a: { password_hash: h, password: p, keys: { k: s }, tokens: { t: s }, psks: { p: s }, certificate: { san: [a] }, networks: [192.0.2.1],
            expires: 2027-01-01, groups: [g], allow: [a], deny: [b], limits: { connections: 1 } }
          b: { certificate: { subject: [a] } }
          c: { certificate: { sha256: [a] } }
        auth: { http: { url: "https://a/", token: t, ca: c } }
        """,
        """
        inbounds: [{ name: s, type: socks5, listen: ":1" }]
        auth: { ldap: { url: "ldaps://a", base: b, ca: c, filter: f, user_dn: u, bind_dn: d, bind_password: p, groups: { base: c, attribute: a, filter: f,
          name: n } } }
        limits: { lockout: false }
        logging: { access: a }
        """,
        "inbounds: [{ name: s, type: socks5, listen: \":1\" }]\nauth: { pam: { service: s } }\ngroups: [{ name: a, publish: true }]",
    ];

    /// <summary>All of them, the examples of a document among them.</summary>
    public static IEnumerable<string> All(string document) => Examples(document).Concat(More);

    public static IEnumerable<string> Examples(string document) => Example().Matches(document).Select(match => match.Groups["text"].Value);

    private static string[] Types(params string[] types) => types;

    [GeneratedRegex("```yaml\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Example();
}
