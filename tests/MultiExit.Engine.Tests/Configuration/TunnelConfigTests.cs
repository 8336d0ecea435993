using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Tunnels in the native schema and in URLs.</summary>
public sealed class TunnelConfigTests
{
    private const string Key = "correct horse";
    private const string Digits = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";
    private static readonly string Existing = ConfigAssert.Sample("multiexit-proxy-server.yaml");

    [Fact]
    public void An_inbound_has_its_defaults()
    {
        TunnelInboundConfig inbound = Inbound("");
        Assert.Equal((new Secret(Key), false, TimeSpan.Zero, null, 20, 500, 4096),
            (Assert.Single(inbound.Keys), inbound.Padding, inbound.Delay, inbound.Fallback, inbound.HandshakesPerClient, inbound.Handshakes,
                inbound.MaxStreams));
        Assert.Equal([TunnelMethodName.ChaCha20Poly1305, TunnelMethodName.Aes256Gcm, TunnelMethodName.Tls], inbound.Methods);
        Assert.Equal(new TlsServerConfig { SelfSigned = true }, inbound.Tls);
    }

    [Fact]
    public void Every_key_of_an_inbound_is_read()
    {
        TunnelInboundConfig inbound = Inbound(
            ", methods: [tls, aes-256-gcm], padding: true, delay: 50ms, fallback: \"127.0.0.1:8081\", handshakes_per_client: 5/s, "
            + "handshakes: 100/s, max_streams: 64, private_destinations: allow");
        Assert.Equal([TunnelMethodName.Tls, TunnelMethodName.Aes256Gcm], inbound.Methods);
        Assert.Equal((true, TimeSpan.FromMilliseconds(50), "127.0.0.1:8081", 5, 100, 64, true),
            (inbound.Padding, inbound.Delay, inbound.Fallback?.ToString(), inbound.HandshakesPerClient, inbound.Handshakes, inbound.MaxStreams,
                inbound.AllowsPrivateDestinations));
    }

    [Fact]
    public void An_exit_has_its_defaults()
    {
        TunnelExitConfig exit = Exit("server: hub.example");
        Assert.Equal(("hub.example:443", new Secret(Key), TunnelMethodName.ChaCha20Poly1305, null, null, 2),
            (exit.Server.ToString(), exit.Key, exit.Method, exit.Pins.SingleOrDefault(), exit.CaFile, exit.Carriers));
        Assert.Equal((false, TimeSpan.Zero, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), null, null),
            (exit.Padding, exit.Delay, exit.PingInterval, exit.PingTimeout, exit.Via, exit.Timeout));
        Assert.Empty(exit.ServerNames);
    }

    [Fact]
    public void Every_key_of_an_exit_is_read()
    {
        TunnelExitConfig exit = Exit($"server: \"[2001:db8::1]:8443\", method: tls, fake_snis: [a.example, b.example], " +
            $"pin: sha256:{Digits.ToLowerInvariant()}, padding: true, " +
            "delay: 1s, carriers: 64, ping_interval: 5s, ping_timeout: 3s, via: direct, timeout: 4s");
        Assert.Equal(("[2001:db8::1]:8443", TunnelMethodName.Tls, Digits, null, true, 64, "direct"),
            (exit.Server.ToString(), exit.Method, exit.Pins.SingleOrDefault(), exit.CaFile, exit.Padding, exit.Carriers, exit.Via));
        Assert.Equal(["a.example", "b.example"], exit.ServerNames);
        Assert.Equal((1, 5, 3, 4), (exit.Delay.TotalSeconds, exit.PingInterval.TotalSeconds, exit.PingTimeout.TotalSeconds, exit.Timeout!.Value.TotalSeconds));
        Assert.Equal(Existing, Exit($"server: h, sni: one.example, ca: {Existing}").CaFile);
    }

    [Theory]
    [InlineData("sha256:{0}")]
    [InlineData("SHA256:{0}")]
    [InlineData("{0}")]
    [InlineData("sha256:{1}")]
    [InlineData("{1}")]
    public void A_pin_may_have_colons(string form)
    {
        string pairs = string.Join(':', Digits.Chunk(2).Select(pair => new string(pair)));
        Assert.Equal(Digits, Exit($"server: h, pin: \"{string.Format(null, form, Digits, pairs)}\"").Pins.Single());
    }

    [Fact]
    public void Exit_server_may_be_a_URL()
    {
        TunnelExitConfig exit = Assert.IsType<TunnelExitConfig>(ConfigAssert.Valid(ConfigAssert.Inbound +
            $"exits: [{{ name: hub, type: tunnel, server: \"tunnel://hub.example?psk=correct%20horse&sni=a.example&pin=sha256:{Digits}"
            + $"&method=aes-256-gcm&ping-interval=1s\", carriers: 3 }}]").Exits[0]);
        Assert.Equal(("hub.example:443", new Secret(Key), Digits, TunnelMethodName.Aes256Gcm, 3, TimeSpan.FromSeconds(1)),
            (exit.Server.ToString(), exit.Key, exit.Pins.SingleOrDefault(), exit.Method, exit.Carriers, exit.PingInterval));
        Assert.Equal(["a.example"], exit.ServerNames);
    }

    [Fact]
    public void Self_signed_is_for_every_listener() => Assert.Equal(
        new TlsServerConfig { SelfSigned = true },
        ConfigAssert.Valid("inbounds: [{ name: a, type: http, listen: \":80\", tls: { self_signed: true } }]").Inbounds[0].Tls);

    [Fact]
    public void A_generated_key_is_a_key()
    {
        string key = TunnelKey.Generate();
        Assert.Equal(51, key.Length);
        Assert.NotEqual(key, TunnelKey.Generate());
        ConfigAssert.Valid($"inbounds: [{{ name: t, type: tunnel, listen: \":443\", tls: {{ self_signed: true }}, key: \"{key}\" }}]");
    }

    [Theory]
    [InlineData("tls: { self_signed: true }", 12, "key", "missing; an inbound needs the pre-shared key, such as { file: psk.txt } (in a URL psk_file=psk.txt)")]
    [InlineData("key: correct horse", 12, "tls",
        "missing; an inbound needs `tls`: a tunnel runs inside TLS; expected { cert: FILE, key: FILE } or { self_signed: true }")]
    [InlineData("T, key: short", 86, "key", "the key is too short; expected at least 8 characters, better base64: and 32 random bytes (New-MxKey makes them)")]
    [InlineData("T, key: \"base64:AAAA\"", 86, "key", "the key has no 32 bytes in base64 behind base64:")]
    [InlineData("T, key: [long enough, x]", 100, "key[1]",
        "the key is too short; expected at least 8 characters, better base64: and 32 random bytes (New-MxKey makes them)")]
    [InlineData("T, key: [[long enough]]", 87, "key[0]", "expected a literal, { env: NAME }, { file: path } or { credential: name }, found a list")]
    [InlineData("T, key: []", 86, "key", "expected 1 to 16 secrets, found 0")]
    [InlineData(
        "T, key: [a1234567, b1234567, c1234567, d1234567, e1234567, f1234567, g1234567, h1234567, i1234567, j1234567, k1234567, l1234567, "
        + "m1234567, n1234567, o1234567, p1234567, q1234567]",
        86, "key",
        "expected 1 to 16 secrets, found 17")]
    [InlineData("T, key: [long enough, 'long enough']", 100, "key[1]", "the secret stands in the list twice; expected it once")]
    [InlineData("T, key: long enough, methods: []", 108, "methods", "expected a list of methods that is not empty, found an empty list")]
    [InlineData("T, key: long enough, methods: [tls, tls]", 114, "methods[1]", "the method stands in the list twice; expected it once")]
    [InlineData("T, key: long enough, methods: [tlz]", 109, "methods[0]", "unknown value \"tlz\"; did you mean \"tls\"?")]
    [InlineData("T, key: long enough, delay: 2s", 106, "delay", "\"2s\" is out of range; expected 0s to 1s")]
    [InlineData("T, key: long enough, fallback: web", 109, "fallback", "expected the host and port of a web server, such as \"127.0.0.1:8081\", found \"web\"")]
    [InlineData("T, key: long enough, handshakes: 5", 111, "handshakes", "expected a rate such as 20/s, found \"5\"")]
    [InlineData("T, key: long enough, handshakes: 0/s", 111, "handshakes", "\"0/s\" is out of range; expected 1/s to 1000000/s")]
    [InlineData("T, key: long enough, max_streams: 0", 112, "max_streams", "expected a whole number from 1 to 65536, found \"0\"")]
    [InlineData("T, key: long enough, paddin: true", 99, "paddin", "unknown key; did you mean \"padding\"?")]
    [InlineData("T, key: long enough, udp: true", 99, "udp",
        "unknown key; an inbound has the keys allow, delay, fallback, handshakes, handshakes_per_client, key, listen, max_streams, methods, name, "
        + "padding, private_destinations, proxy_protocol, tls, type, users")]
    [InlineData("key: long enough, tls: { self_signed: true, key: /k }", 102, "tls.key", "`key` beside `self_signed: true`; expected one or the other")]
    [InlineData("key: long enough, tls: { self_signed: 1 }", 91, "tls.self_signed", "expected true or false, found \"1\"")]
    public void A_faulty_inbound_is_an_error_at_its_key(string keys, int column, string path, string message)
    {
        string text =
            $"inbounds: [{{ name: t, type: tunnel, listen: \":443\", {keys.Replace("T,", "tls: { self_signed: true },", StringComparison.Ordinal)} }}]";
        ConfigError error = ConfigAssert.Errors(text, "test.yaml")[0];
        ConfigError found = Assert.Single(ConfigAssert.Errors(text, "test.yaml"), error => error.Path == $"inbounds[0].{path}");
        Assert.Equal((1, column, message), (found.Line, found.Column, found.Message));
        Assert.Equal(path.StartsWith("tls.self", StringComparison.Ordinal) ? error.Path : found.Path, error.Path);
    }

    [Theory]
    [InlineData("key: long enough", 9, "server",
        "missing; an exit needs a host, with a port or without (443), such as \"hub.example:443\", or a URL such as tunnel://hub.example:443")]
    [InlineData("server: h", 9, "key", "missing; an exit needs the pre-shared key, such as { file: psk.txt } (in a URL psk_file=psk.txt)")]
    [InlineData("S, server: \"h:0\"", 62, "server",
        "expected a host, with a port or without (443), such as \"hub.example:443\", or a URL such as tunnel://hub.example:443")]
    [InlineData("S, server: \"wss://h\"", 62, "server", "the URL has a scheme that is not for a tunnel exit; expected tunnel://")]
    [InlineData("S, server: \"tunnel://h/x\"", 62, "server", "the URL has a path; expected tunnel://host:port")]
    [InlineData("S, server: \"tunnel://u@h\"", 62, "server", "the URL has a user; a tunnel has none, its key is the option psk_file (or psk)")]
    [InlineData("S, server: \"tunnel://h?psk=another-one\"", 62, "server.psk", "the option says the same as the key `key`; expected one of them")]
    [InlineData("S, server: \"tunnel://h?key=x\"", 62, "server.key", "is ambiguous; the tunnel's key is psk_file (or psk), that of the certificate cert_key")]
    [InlineData("S, server: \"tunnel://h?carrier=2\"", 62, "server.carrier", "unknown key; did you mean \"carriers\"?")]
    [InlineData("S, server: \"tunnel://h?carriers=x\"", 62, "server.carriers", "expected a whole number from 1 to 64, found \"x\"")]
    [InlineData("S, server: \"tunnel://h?type=x\"", 62, "server.type", "is no option; it stands beside the URL or in it")]
    [InlineData("S, server: h, method: aes", 73, "method", "expected \"chacha20-poly1305\", \"aes-256-gcm\" or \"tls\", found \"aes\"")]
    [InlineData("S, server: h, sni: a.example, fake_snis: [b.example]", 92, "fake_snis", "`fake_snis` beside `sni`; expected one or the other")]
    [InlineData("S, server: h, fake_snis: [a.example, A.example]", 88, "fake_snis[1]", "\"A.example\" stands in the list twice; expected it once")]
    [InlineData("S, server: h, sni: .a", 70, "sni", "expected a host name for sni, such as proxy.example, found \".a\"")]
    [InlineData("S, server: h, pin: sha256:00", 70, "pin", "expected the SHA-256 of a certificate: sha256: and 64 hexadecimal digits, found \"sha256:00\"")]
    [InlineData("S, server: h, ca: /no/ca.pem", 69, "ca", "the file \"/no/ca.pem\" does not exist")]
    [InlineData("S, server: h, carriers: 65", 75, "carriers", "expected a whole number from 1 to 64, found \"65\"")]
    [InlineData("S, server: h, ping_interval: 1ms", 80, "ping_interval", "\"1ms\" is out of range; expected 100ms to 1h")]
    [InlineData("S, server: h, via: diretc", 70, "via", "there is no exit or group \"diretc\"; did you mean \"direct\"?")]
    [InlineData("S, server: h, via: hub", 70, "via", "leads back to itself: hub -> hub")]
    [InlineData("S, server: h, retries: 1", 65, "retries",
        "unknown key; an exit has the keys ca, carriers, country, delay, ech, fake_snis, health, key, limits, method, name, on_down, padding, pin, "
        + "ping_interval, ping_timeout, server, sni, timeout, tls, type, user, via, weight")]
    public void A_faulty_exit_is_an_error_at_its_key(string keys, int column, string path, string message)
    {
        string text = $"{ConfigAssert.Inbound}exits: [{{ name: hub, type: tunnel, {keys.Replace("S,", "key: long enough,", StringComparison.Ordinal)} }}]";
        ConfigAssert.OneError(text, 2, column, $"exits[0].{path}", message);
    }

    [Fact]
    public void A_pin_beside_a_CA_is_an_error()
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(
            $"{ConfigAssert.Inbound}exits: [{{ name: e, type: tunnel, server: h, key: long enough, pin: {Digits}x, ca: {Existing} }}]"),
            error => error.Path == "exits[0].ca");
        Assert.Equal("`ca` beside `pin`; expected one or the other", error.Message);
    }

    [Fact]
    public void A_listen_URL_is_read_with_its_options()
    {
        ConfigResult result = ConfigLoader.FromUrls(
            [
                "tunnel://:443?psk=correct%20horse&self-signed=true&methods=tls,aes-256-gcm&fallback=127.0.0.1:8081&padding=true",
                $"tunnel://127.0.0.1:8443?psk=correct%20horse&cert={Existing}&cert-key={Existing}&name=edge&max_streams=5",
            ],
            null);
        Assert.Empty(result.Errors);
        TunnelInboundConfig first = Assert.IsType<TunnelInboundConfig>(result.Config!.Inbounds[0]);
        Assert.Equal(("tunnel", new IPEndPoint(IPAddress.IPv6Any, 443), new Secret(Key), true, "127.0.0.1:8081"),
            (first.Name, first.Listen, first.Keys[0], first.Padding, first.Fallback?.ToString()));
        Assert.Equal([TunnelMethodName.Tls, TunnelMethodName.Aes256Gcm], first.Methods);
        Assert.Equal(new TlsServerConfig { SelfSigned = true }, first.Tls);
        TunnelInboundConfig second = Assert.IsType<TunnelInboundConfig>(result.Config.Inbounds[1]);
        Assert.Equal(("edge", 5, new TlsServerConfig { CertificateFile = Existing, KeyFile = Existing }), (second.Name, second.MaxStreams, second.Tls));
    }

    [Fact]
    public void A_forward_URL_may_have_its_key_in_a_file()
    {
        string file = Path.GetTempFileName(); // 0600
        try
        {
            File.WriteAllText(file, Key + "\n");
            ConfigResult result = ConfigLoader.FromUrls([],
                $"tunnel://hub.example?psk-file={file}&fake-snis=a.example,b.example&pin={Digits}&carriers=4&padding=true&timeout=3s");
            Assert.Empty(result.Errors);
            TunnelExitConfig exit = Assert.IsType<TunnelExitConfig>(Assert.Single(result.Config!.Exits));
            Assert.Equal(("hub.example:443", new Secret(Key), Digits, 4, true),
                (exit.Server.ToString(), exit.Key, exit.Pins.SingleOrDefault(), exit.Carriers, exit.Padding));
            Assert.Equal(["a.example", "b.example"], exit.ServerNames);
            Assert.Equal((TimeSpan.FromSeconds(3), exit.Name), (exit.Timeout, result.Config.Default));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("tunnel://:443?self_signed=true", "listen[0].key",
        "missing; an inbound needs the pre-shared key, such as { file: psk.txt } (in a URL psk_file=psk.txt)")]
    [InlineData("tunnel://:443?psk=long-enough", "listen[0].tls.cert",
        "missing; tls of a listener needs the PEM file of the certificate chain, or self_signed: true")]
    [InlineData("tunnel://:443?psk=long-enough&psk-file=x&self_signed=true", "listen[0].psk_file", "says the same as another option; expected one of them")]
    [InlineData("tunnel://:443?key=hunter2", "listen[0].key", "is ambiguous; the tunnel's key is psk_file (or psk), that of the certificate cert_key")]
    [InlineData("tunnel://u:hunter2@:443", "listen[0]", "the URL has a user; a tunnel has none, its key is the option psk_file (or psk)")]
    [InlineData("https://:443?key=/k&cert-key=/k", "listen[0].cert_key", "says the same as another option; expected one of them")]
    [InlineData("http://:80?self_signed=true", "listen[0].self_signed", "only for a scheme with TLS, such as socks5s, https or mixed+tls")]
    public void A_faulty_listen_URL_is_an_error(string url, string path, string message) =>
        Assert.Equal(new ConfigError(null, 0, 0, path, message), ConfigLoader.FromUrls([url], null).Errors[0]);

    private static TunnelInboundConfig Inbound(string keys) => Assert.IsType<TunnelInboundConfig>(
        ConfigAssert.Valid($"inbounds: [{{ name: t, type: tunnel, listen: \":443\", key: {Key}, tls: {{ self_signed: true }}{keys} }}]").Inbounds[0]);

    private static TunnelExitConfig Exit(string keys) => Assert.IsType<TunnelExitConfig>(
        ConfigAssert.Valid($"{ConfigAssert.Inbound}exits: [{{ name: hub, type: tunnel, key: {Key}, {keys} }}]").Exits[0]);

    [Fact]
    public void Keys_and_pins_may_be_lists_in_every_form_of_a_secret()
    {
        Environment.SetEnvironmentVariable("MX_CONFIG_TEST_KEY", "from the environment");
        TunnelInboundConfig inbound = Assert.IsType<TunnelInboundConfig>(ConfigAssert.Valid(
            $"inbounds: [{{ name: t, type: tunnel, listen: \":443\", key: [{Key}, {{ env: MX_CONFIG_TEST_KEY }}], "
            + $"tls: {{ self_signed: true }} }}]").Inbounds[0]);
        Assert.Equal([new Secret(Key), new Secret("from the environment")], inbound.Keys);
        string other = new('B', 64);
        Assert.Equal([Digits, other], Exit($"server: h, pin: [\"sha256:{Digits}\", {other}]").Pins);
        // A client shows the first one.
        TunnelExitConfig exit = Assert.IsType<TunnelExitConfig>(ConfigAssert.Valid(
            $"{ConfigAssert.Inbound}exits: [{{ name: hub, type: tunnel, server: \"tunnel://h?pin=sha256:{Digits},sha256:{other}\", "
            + $"key: [{{ env: MX_CONFIG_TEST_KEY }}, {Key}] }}]").Exits[0]);
        Assert.Equal(new Secret("from the environment"), exit.Key);
        Assert.Equal([Digits, other], exit.Pins);
        HttpExitConfig proxy = Assert.IsType<HttpExitConfig>(ConfigAssert.Valid(
            $"{ConfigAssert.Inbound}exits: [{{ name: p, type: http, server: \"https://h\", tls: {{ pin: [\"sha256:{Digits}\", {other}] }} }}]").Exits[0]);
        Assert.Equal(new TlsClientConfig { Check = CertificateCheck.Pin, Pins = [Digits, other] }, proxy.Tls);
        proxy = Assert.IsType<HttpExitConfig>(ConfigAssert.Valid(
            $"{ConfigAssert.Inbound}exits: [{{ name: p, type: http, server: \"https://h?pin=sha256:{Digits},sha256:{other}\" }}]").Exits[0]);
        Assert.Equal([Digits, other], proxy.Tls!.Pins);
    }
}
