using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Protocols.Ech;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Tests.Configuration;

public sealed class EchConfigTests : IDisposable
{
    private static readonly string Base64 = Convert.ToBase64String(EchVectors.RfcList);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("multiexit-");

    [Fact]
    public void A_resolver_is_read_with_its_addresses()
    {
        DnsConfig dns = ConfigAssert.Valid(ConfigAssert.Inbound
            + "dns: { doh: \"https://dns.example/dns-query{?dns}\", bootstrap: [192.0.2.1, \"2001:db8::1\"], prefer: ipv4 }").Dns;
        Assert.Equal(
            new DohConfig { Url = new("https://dns.example/dns-query"), Bootstrap = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")] },
            dns.Doh);
        Assert.Equal(AddressPreference.Ipv4, dns.Prefer);
    }

    [Theory]
    [InlineData("dns: { doh: \"http://1.1.1.1/\" }", 13, "dns.doh", "expected an https URL such as \"https://1.1.1.1/dns-query\", found \"http://1.1.1.1/\"")]
    [InlineData("dns: { doh: 1.1.1.1 }", 13, "dns.doh", "expected an https URL such as \"https://1.1.1.1/dns-query\", found \"1.1.1.1\"")]
    [InlineData("dns: { doh: \"https://u@h/\" }", 13, "dns.doh", "expected an https URL such as \"https://1.1.1.1/dns-query\", found \"https://***@h/\"")]
    [InlineData("dns: { doh: \"https://h/?a=b\" }", 13, "dns.doh", "expected an https URL such as \"https://1.1.1.1/dns-query\", found \"https://h/?***\"")]
    [InlineData("dns: { bootstrap: 192.0.2.1 }", 19, "dns.bootstrap", "`bootstrap` without `doh`; expected `doh` beside it")]
    [InlineData("dns: { doh: \"https://h/\", bootstrap: h }", 38, "dns.bootstrap", "expected an IP address without a port, found \"h\"")]
    public void A_faulty_resolver_is_an_error_at_its_key(string yaml, int column, string path, string message) =>
        ConfigAssert.OneError(ConfigAssert.Inbound + yaml, 2, column, path, message);

    [Fact]
    public void A_config_to_look_up_is_read_with_its_resolver_and_name()
    {
        (EchClientConfig? ech, IReadOnlyList<ConfigError> errors) = Read("{ doh: \"https://1.1.1.1/dns-query\", name: cloudflare-ech.com, require: true }");
        Assert.Empty(errors);
        Assert.Equal(new EchClientConfig { Doh = new() { Url = new("https://1.1.1.1/dns-query") }, Name = "cloudflare-ech.com" }, ech);
    }

    [Fact]
    public void A_config_may_be_looked_up_over_http_where_nothing_else_is()
    {
        (EchClientConfig? ech, IReadOnlyList<ConfigError> errors) = Read("{ doh: \"http://1.1.1.1/dns-query\" }");
        Assert.Empty(errors);
        Assert.Equal("http://1.1.1.1/dns-query", ech!.Doh!.Url.ToString());
        string ca = File("ca.pem", "");
        (_, errors) = Read($"{{ doh: \"http://1.1.1.1/dns-query\", ca: '{ca}' }}");
        Assert.Equal("`ca` beside an http URL, which has no certificate; expected https", Assert.Single(errors).Message);
    }

    [Fact]
    public void A_resolver_elsewhere_is_enough()
    {
        (EchClientConfig? ech, IReadOnlyList<ConfigError> errors) = Read("{}", hasDoh: true);
        Assert.Empty(errors);
        Assert.Equal(new EchClientConfig(), ech);
    }

    [Fact]
    public void A_config_is_read_in_all_its_forms()
    {
        string pem = File("ech.pem", EchKey.Create("hub.example").KeyPem);
        string bytes = Path.Combine(_folder.FullName, "bytes");
        System.IO.File.WriteAllBytes(bytes, EchVectors.RfcList);
        foreach (string yaml in (string[])[$"{{ config: \"{Base64}\" }}", $"{{ config: 'ech=\"{Base64}\"' }}",
            $"{{ config: {{ file: {File("b64", Base64 + "\n")} }} }}", $"{{ config: {{ file: {bytes} }} }}"])
        {
            (EchClientConfig? ech, IReadOnlyList<ConfigError> errors) = Read(yaml);
            Assert.Empty(errors);
            Assert.Equal("example.com", ech!.Configs!.Usable!.PublicName);
            Assert.False(ech.Fallback);
        }
        Assert.Equal("hub.example", Read($"{{ config: {{ file: {pem} }}, fallback: true }}").Ech!.Configs!.Usable!.PublicName);
    }

    [Theory]
    [InlineData("{}", "says nowhere where the config comes from; expected `doh`, `config`, or a resolver in `dns.doh`")]
    [InlineData("{ doh: \"https://h/\", name: 192.0.2.1 }", "expected a host name such as cloudflare-ech.com, found \"192.0.2.1\"")]
    [InlineData("{ doh: \"https://h/\", config: AD7+ }", "the ECHConfigList is cut off")]
    [InlineData("{ config: \"...\" }",
        "expected an ECHConfigList in base64, or { file: path }; a file has it as PEM (ECHCONFIG), in base64 or as bytes, found \"...\"")]
    [InlineData("{ config: AAT+CgAA }",
        "the ECHConfigList has no config that can be used: config 1 is not usable: it has the version fe0a, and only fe0d is known")]
    [InlineData("{ doh: \"https://h/\", require: false }", "false alone changes nothing; write `fallback: true` to show the server's name when ECH fails")]
    [InlineData("{ doh: \"https://h/\", require: true, fallback: true }",
        "true, but `fallback: true` shows the server's name when ECH fails; expected one or the other")]
    [InlineData("{ doh: \"https://h/\", grease: true }", "unknown key; ech of an exit has the keys bootstrap, ca, config, doh, fallback, name, require")]
    public void What_is_wrong_is_told(string yaml, string message) => Assert.Contains(message, Read(yaml).Errors.Select(error => error.Message));

    [Fact]
    public void A_config_and_a_look_up_are_one_too_many() => Assert.Contains(
        "`config` beside `doh` or `name`; expected one or the other",
        Read($"{{ doh: \"https://h/\", config: \"{Base64}\" }}").Errors.Select(error => error.Message));

    [Fact]
    public void Fallback_may_be_said_twice()
    {
        (EchClientConfig? ech, IReadOnlyList<ConfigError> errors) = Read("{ doh: \"https://h/\", require: false, fallback: true }");
        Assert.Empty(errors);
        Assert.True(ech!.Fallback);
    }

    [Fact]
    public void Key_files_of_a_listener_are_read_and_checked()
    {
        string first = File("1.pem", "");
        string second = File("2.pem", "");
        Assert.Equal([first, second], ReadKeys($"[{first}, {second}]").Keys);
        Assert.Equal([first], ReadKeys(first).Keys);
        Assert.Contains("the file stands in the list twice; expected it once", ReadKeys($"[{first}, {first}]").Errors);
        Assert.Contains($"the file \"{first}x\" does not exist", ReadKeys(first + "x").Errors);
    }

    [Theory]
    [InlineData("type: tunnel, key: long enough, server: \"192.0.2.1:443\"", "ech", "the server has no name to hide; expected its name as `sni`")]
    [InlineData("type: tunnel, key: long enough, server: h, fake_snis: [a.example]", "ech", "`ech` beside `fake_snis`; expected one or the other")]
    [InlineData("type: tunnel, key: long enough, server: \"192.0.2.1:443\", sni: a.example", null, null)]
    public void The_name_of_a_tunnel_exit_can_be_hidden(string keys, string? path, string? message) =>
        AssertOnly(path, message, $"{{ name: hub, {keys}, ech: {{ config: \"{Base64}\" }} }}");

    [Theory]
    [InlineData("server: \"192.0.2.1:443\"", "tls.ech", "the server has no name to hide; expected its name as `sni`")]
    [InlineData("server: \"h.example:443\"", null, null)]
    public void The_name_of_a_proxy_exit_can_be_hidden(string keys, string? path, string? message) =>
        AssertOnly(path, message, $"{{ name: hub, type: http, {keys}, tls: {{ ech: {{ config: \"{Base64}\" }} }} }}");

    public void Dispose() => _folder.Delete(recursive: true);

    private static void AssertOnly(string? path, string? message, string exit) => Assert.Equal(
        path is null ? [] : [($"exits[0].{path}", message!)],
        ConfigLoader.Parse($"{ConfigAssert.Inbound}exits: [{exit}]", null).Errors.Select(error => (error.Path, error.Message)));

    private static (EchClientConfig? Ech, IReadOnlyList<ConfigError> Errors) Read(string yaml, bool hasDoh = false)
    {
        ReadContext context = new(null) { HasDoh = hasDoh };
        MapNode root = Assert.IsType<MapNode>(NodeComposer.Compose($"ech: {yaml}", context.Errors));
        EchClientConfig? ech = EchClientBinder.Read(new MapReader(root, context, "an exit"));
        return (ech, context.Errors.InFileOrder());
    }

    private static (IReadOnlyList<string>? Keys, IEnumerable<string> Errors) ReadKeys(string value)
    {
        ReadContext context = new(null);
        MapNode root = Assert.IsType<MapNode>(NodeComposer.Compose($"tls: {{ self_signed: true, ech: {{ key: {value} }} }}", context.Errors));
        TlsServerConfig? tls = TlsServerBinder.Read(new MapReader(root, context, "an inbound"));
        return (tls?.EchKeyFiles, context.Errors.InFileOrder().Select(error => error.Message));
    }

    private string File(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
