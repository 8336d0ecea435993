using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>docs/configuration.md agrees with the loader.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Text = File.ReadAllText(ConfigAssert.Sample("configuration.md"));

    [Fact]
    public void Every_example_is_valid()
    {
        MatchCollection examples = Example().Matches(Text);
        Assert.NotEmpty(examples);
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["tunnel.key"], TunnelKey.Generate());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder["tunnel.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (string file in (string[])["cert.pem", "key.pem", "clients-ca.pem"]) File.WriteAllText(folder[file], "not read here");
        foreach (Match example in examples)
        {
            File.WriteAllText(folder["example.yaml"], example.Groups["text"].Value);
            Assert.Empty(ConfigLoader.LoadFile(folder["example.yaml"]).Errors);
        }
    }

    [Fact]
    public void Every_key_is_documented()
    {
        // The loader lists the keys it knows when it meets one it does not.
        string documents =
            """
            inbounds:
              - { name: a, type: mixed, listen: ":1", zzzzzz: 1 }
              - { name: b, type: forward, listen: ":2", target: "a:1", zzzzzz: 1 }
              - { name: g, type: transparent, listen: ":8", redirect: { from: eth1, zzzzzz: 1 }, zzzzzz: 1 }
              - { name: x, type: ech-tunnel, listen: ":5", zzzzzz: 1 }
              - { name: t, type: tunnel, listen: ":3", key: long enough, tls: { self_signed: true, clients: { ca: CA, zzzzzz: 1 }, zzzzzz: 1 }, zzzzzz: 1 }
              - { name: k, type: shadowsocks, listen: ":9", method: aes-256-gcm, password: p, zzzzzz: 1 }
              - { name: w, type: websocket, listen: ":4", auth: { http: { url: "http://a/", zzzzzz: 1 } }, zzzzzz: 1 }
              - { name: p, type: http, listen: ":7", auth: { pam: { service: s, zzzzzz: 1 } } }
            exits:
              - { name: c, type: direct, health: { zzzzzz: 1 }, limits: { zzzzzz: 1 }, zzzzzz: 1 }
              - { name: ws, type: websocket, server: "a:1", zzzzzz: 1 }
              - { name: d, type: socks5, server: "a:1", zzzzzz: 1 }
              - { name: y, type: ech-tunnel, server: "wss://a/", tls: { zzzzzz: 1 }, zzzzzz: 1 }
              - { name: u, type: tunnel, server: a, key: long enough, zzzzzz: 1 }
            groups:
              - { name: e, strategy: port_based, exits: [c], port_ranges: [{ ports: 1, exit: c, zzzzzz: 1 }], health: { zzzzzz: 1 }, zzzzzz: 1 }
              - { name: f, publish: { zzzzzz: 1 }, members: { file: f, zzzzzz: 1 } }
            routes: [{ ports: 1, exit: c, times: { days: mon, zzzzzz: 1 }, not: { ports: 1, zzzzzz: 1 }, zzzzzz: 1 }]
            geoip: { zzzzzz: 1 }
            sets: { s: { file: f, zzzzzz: 1 } }
            dns: { zzzzzz: 1 }
            limits: { zzzzzz: 1 }
            logging: { access: { file: a, zzzzzz: 1 }, zzzzzz: 1 }
            notify: [{ url: "http://a/", zzzzzz: 1 }]
            metrics: { otlp: { endpoint: "http://a/", zzzzzz: 1 }, zzzzzz: 1 }
            snat: { zzzzzz: 1 }
            history: { directory: h, zzzzzz: 1 }
            records: { path: r, zzzzzz: 1 }
            fleet: { store: postgres://u@h/d, name: f, node: n, zzzzzz: 1 }
            control: { socket: x, zzzzzz: 1 }
            dashboard: { listen: ":6", users: [{ name: a, password: b, zzzzzz: 1 }], zzzzzz: 1 }
            users: { a: { certificate: { san: x, zzzzzz: 1 }, limits: { zzzzzz: 1 }, zzzzzz: 1 } }
            auth: { ldap: { url: "ldap://a", base: b, groups: { attribute: c, zzzzzz: 1 }, zzzzzz: 1 }, zzzzzz: 1 }
            zzzzzz: 1
            """;
        IReadOnlyList<ConfigError> errors = ConfigAssert.Errors(documents.Replace("CA", typeof(ConfigError).Assembly.Location, StringComparison.Ordinal));
        Assert.Equal(51, errors.Count);
        foreach (ConfigError error in errors)
        {
            string keys = error.Message[(error.Message.IndexOf("has the keys ", StringComparison.Ordinal) + 13)..];
            foreach (string key in keys.Split(", "))
                Assert.True(Regex.IsMatch(Text, $"`(\\w+\\.)*{key}`", RegexOptions.None, TimeSpan.FromSeconds(5)), $"{key} is not in docs/configuration.md");
        }
    }

    [GeneratedRegex("```yaml\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Example();
}
