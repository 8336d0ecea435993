using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary><c>tls.clients</c> of inbounds and <c>certificate</c> of users.</summary>
public sealed class CertificateUserConfigTests : IDisposable
{
    private const string Fingerprint = "3f0b4a6f0c9d8e7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b";

    private readonly TemporaryFolder _folder = new();

    public CertificateUserConfigTests()
    {
        foreach (string file in (string[])["ca", "crl", "ech"]) File.WriteAllText(_folder[file], "not read here");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_type_of_inbound_may_ask_for_certificates()
    {
        string[] types = ["socks5", "http", "mixed", "websocket", "ech-tunnel", "forward, target: \"a:1\"", "tunnel, key: long-enough-key"];
        foreach (string keys in types)
        {
            GatewayConfig config = Valid($$"""
                inbounds:
                  - { name: i, listen: ":80", type: {{keys}},
                      tls: { self_signed: true, clients: { ca: ca, crl: [crl, ech], require: optional, user_from: san } } }
                """);
            TlsClientsConfig expected = new()
            {
                CaFile = _folder["ca"], CrlFiles = [_folder["crl"], _folder["ech"]], Required = false, UserFrom = CertificateProperty.AlternativeName,
            };
            Assert.Equal(expected, config.Inbounds[0].Tls!.Clients);
        }
    }

    [Fact]
    public void A_client_needs_a_certificate_where_nothing_else_is_said()
    {
        TlsClientsConfig clients = Valid("inbounds: [{ name: i, type: socks5, listen: \":80\", tls: { self_signed: true, clients: { ca: ca } } }]")
            .Inbounds[0].Tls!.Clients!;
        Assert.True(clients.Required);
        Assert.Null(clients.UserFrom);
        Assert.Empty(clients.CrlFiles);
    }

    [Fact]
    public void A_user_has_certificates_of_one_kind()
    {
        GatewayConfig config = Valid($$"""
            users:
              a: { certificate: { san: a.example } }
              b: { certificate: { subject: ["CN=b,O=Example", CN=c] } }
              c: { certificate: { sha256: {{Fingerprint}} } }
              d: { certificate: { sha256: "sha256:{{string.Join(':', Fingerprint.ToUpperInvariant().Chunk(2).Select(pair => new string(pair)))}}" } }
            inbounds: [{ name: i, type: socks5, listen: ":80" }]
            """);
        Assert.Equal([new UserCertificate(CertificateProperty.AlternativeName, "a.example")], config.Users[0].Certificates);
        UserCertificate[] subjects = [new(CertificateProperty.Subject, "CN=b,O=Example"), new(CertificateProperty.Subject, "CN=c")];
        Assert.Equal(subjects, config.Users[1].Certificates);
        Assert.Equal(config.Users[2].Certificates[0].Key, config.Users[3].Certificates[0].Key);
        Assert.Equal("certificate:subject", Assert.Single(config.Users[1].Credentials));
    }

    [Theory]
    [InlineData("certificate: { san: a, sha256: x }", "users.a.certificate", "`san` and `sha256`; expected one of the keys subject, san and sha256")]
    [InlineData("certificate: {}", "users.a.certificate", "expected one of the keys subject, san and sha256")]
    [InlineData("certificate: { sha256: abc }", "users.a.certificate.sha256",
        "expected the SHA-256 of a certificate: sha256: and 64 hexadecimal digits, found \"abc\"")]
    [InlineData("certificate: { san: \"*.example\" }", "users.a.certificate.san",
        "expected a name in the certificate: a DNS name without *, a mail address, a URI or an IP address, found \"*.example\"")]
    [InlineData("certificate: { subject: [/CN=a] }", "users.a.certificate.subject[0]",
        "expected a subject as `openssl x509 -noout -subject -nameopt RFC2253` prints it, such as CN=bob,O=Example, found \"/CN=a\"")]
    [InlineData("certificate: { san: [] }", "users.a.certificate.san",
        "expected a name in the certificate: a DNS name without *, a mail address, a URI or an IP address, or a list of them that is not empty, "
        + "found an empty list")]
    public void A_certificate_that_cannot_be_is_an_error(string user, string path, string message)
    {
        ConfigError error = Assert.Single(Errors($"users: {{ a: {{ password: x, {user} }} }}\ninbounds: [{{ name: i, type: socks5, listen: \":80\" }}]"));
        Assert.Equal((path, message), (error.Path, error.Message));
    }

    [Theory]
    [InlineData("clients: { crl: crl }", "inbounds[0].tls.clients.ca",
        "missing; clients of a listener needs the PEM file of the CAs that issue the certificates of clients")]
    [InlineData("clients: { ca: ca, require: maybe }", "inbounds[0].tls.clients.require", "expected \"true\" or \"optional\", found \"maybe\"")]
    [InlineData("clients: { ca: ca, user_from: dn }", "inbounds[0].tls.clients.user_from", "unknown value \"dn\"; did you mean \"cn\"?")]
    [InlineData("clients: { ca: ca, crl: [crl, crl] }", "inbounds[0].tls.clients.crl[1]", "the file stands in the list twice; expected it once")]
    [InlineData("clients: { ca: ca }, ech: { key: ech }", "inbounds[0].tls.clients",
        "`clients` beside `ech`: clients that come with ECH are served by a library that asks for no certificate here; expected one or the other")]
    public void Clients_that_cannot_be_are_an_error(string keys, string path, string message)
    {
        ConfigError error = Assert.Single(Errors($"inbounds: [{{ name: i, type: socks5, listen: \":80\", tls: {{ self_signed: true, {keys} }} }}]"));
        Assert.Equal((path, message), (error.Path, error.Message));
    }

    [Fact]
    public void The_dashboard_asks_for_none()
    {
        ConfigError error = Assert.Single(Errors(
            "inbounds: [{ name: i, type: socks5, listen: \":80\" }]\n"
            + "dashboard: { listen: \":81\", token: long-enough-token, tls: { self_signed: true, clients: { ca: ca } } }"));
        Assert.Equal("dashboard.tls.clients", error.Path);
    }

    [Theory]
    [InlineData("users: { a: { certificate: { san: a } } }", "socks5", "", true)]
    [InlineData("users: { a: { certificate: { san: a } } }", "http", "", true)]
    [InlineData("users: { a: { certificate: { san: a } } }", "forward, target: \"a:1\"", "", true)]
    [InlineData("users: { a: { certificate: { san: a } } }", "websocket", "", true)]
    [InlineData("users: { a: { certificate: { san: a } } }", "ech-tunnel", "", true)]
    [InlineData("users: { a: { certificate: { san: a } } }", "tunnel, key: long-enough-key", "", true)]
    [InlineData("users: { a: { certificate: { san: a } } }", "tunnel", "", false)] // there is no key
    [InlineData("users: { a: { groups: [x] } }", "socks5", ", user_from: cn", true)]
    [InlineData("users: { a: { keys: { k: long-enough-key } } }", "socks5", ", user_from: cn", true)]
    [InlineData("users: { a: { keys: { k: long-enough-key } } }", "socks5", "", false)]
    public void Somebody_has_to_be_able_to_come_in(string users, string type, string more, bool good)
    {
        IReadOnlyList<ConfigError> errors = Errors(
            $"{users}\ninbounds: [{{ name: i, listen: \":80\", users: all, tls: {{ self_signed: true, clients: {{ ca: ca{more} }} }}, type: {type} }}]");
        if (good) Assert.Empty(errors);
        else Assert.StartsWith("nobody can come in", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("certificate: { san: A.example }", "certificate: { san: a.example }",
        "the certificate of b, \"a.example\", is that of a as well; expected it at one of them")]
    [InlineData("certificate: { subject: \"CN=a, O=b\" }", "certificate: { subject: \"cn=a,o=b\" }",
        "the certificate of b, \"cn=a,o=b\", is that of a as well; expected it at one of them")]
    [InlineData("certificate: { san: a.example }", "certificate: { subject: CN=a.example }", null)]
    public void Two_users_of_an_inbound_have_no_certificate_in_common(string first, string second, string? message)
    {
        IReadOnlyList<ConfigError> errors = Errors($"users: {{ a: {{ {first} }}, b: {{ {second} }} }}\n"
            + "inbounds: [{ name: i, type: socks5, listen: \":80\", users: all, tls: { self_signed: true, clients: { ca: ca } } }]");
        Assert.Equal(message is null ? [] : [message], errors.Select(error => error.Message));
    }

    [Theory]
    [InlineData("", "users.a.password")]
    [InlineData(", tls: { self_signed: true, clients: { ca: ca } }", "users.a.password")]
    [InlineData(", tls: { self_signed: true, clients: { ca: none, user_from: cn } }", "inbounds[0].tls.clients.ca")] // it may be known there
    public void A_user_without_anything_is_known_only_where_its_name_may_stand_in_a_certificate(string tls, string path)
    {
        ConfigError error = Assert.Single(Errors($$"""
            users: { a: { groups: [x] } }
            inbounds: [{ name: i, type: socks5, listen: ":80", users: all{{tls}} }]
            """));
        Assert.Equal(path, error.Path);
    }

    [Fact]
    public void A_user_of_a_tunnel_alone_has_no_networks()
    {
        const string Tunnel = "{ name: i, type: tunnel, listen: \":80\", tls: { self_signed: true }, users: ";
        ConfigError error = Assert.Single(Errors($"inbounds: [{Tunnel}{{ a: {{ keys: {{ k: long-enough-key }}, networks: [10.0.0.0/8] }} }} }}]"));
        Assert.Equal("inbounds[0].users.a", error.Path);
        Assert.Equal("`networks` of a user of a tunnel alone: a tunnel knows nobody by the address; expected `keys`", error.Message);
        Assert.Empty(Errors($"users: {{ a: {{ keys: {{ k: long-enough-key }}, networks: [10.0.0.0/8] }} }}\ninbounds: [{Tunnel}all }}]"));
    }

    [Theory]
    [InlineData("groups: [ops]", null)]
    [InlineData("groups: [opps]", "there is no user in the group \"opps\"; did you mean \"ops\"?")]
    [InlineData("inbounds: [open], groups: [ops]", "there is no user of these inbounds in the group \"ops\"")]
    [InlineData("not: { groups: [nobody] }", "there is no user in the group \"nobody\"")]
    public void A_rule_on_a_group_that_nobody_is_in_is_an_error(string condition, string? message)
    {
        IReadOnlyList<ConfigError> errors = Errors($$"""
            users: { a: { password: x, groups: [ops] } }
            inbounds: [{ name: i, type: socks5, listen: ":80", users: all }, { name: open, type: socks5, listen: ":81" }]
            routes: [{ {{condition}}, exit: direct }]
            """);
        Assert.Equal(message is null ? [] : [message], errors.Select(error => error.Message));
    }

    private GatewayConfig Valid(string document)
    {
        ConfigResult result = Load(document);
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    private IReadOnlyList<ConfigError> Errors(string document) => Load(document).Errors;

    private ConfigResult Load(string document)
    {
        File.WriteAllText(_folder["c.yaml"], document);
        return ConfigLoader.LoadFile(_folder["c.yaml"]);
    }
}
