using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The key <c>auth</c>.</summary>
public sealed class AuthConfigTests : IDisposable
{
    private const string All = "inbounds: [{ name: a, type: mixed, listen: \":1\", users: all }]\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_back_end_of_the_configuration_is_for_inbounds_with_all_users()
    {
        GatewayConfig config = ConfigAssert.Valid(
            """
            inbounds:
              - { name: all, type: socks5, listen: ":1", users: all }
              - { name: some, type: socks5, listen: ":2", users: [bob] }
              - { name: any, type: socks5, listen: ":3" }
              - { name: own, type: http, listen: ":4", auth: { http: { url: "http://127.0.0.1/x", timeout: 1s } } }
              - { name: both, type: websocket, listen: ":5", users: all, auth: { pam: { service: s, on_outage: cached, cache: 0s } } }
              - { name: tunnel, type: tunnel, listen: ":6", tls: { self_signed: true }, key: long enough, users: all }
              - { name: ech, type: ech-tunnel, listen: ":7", users: all }
            users: { bob: { password: builder, keys: { k: a-long-enough-key }, tokens: { t: token } } }
            auth: { http: { url: "https://login.example/ask?k=v", token: secret-of-both } }
            """);
        AuthConfig Of(string inbound) => config.Inbounds.Single(each => each.Name == inbound).Auth!;
        Assert.Equal(config.Auth, Of("all"));
        Assert.Equal(config.Auth, Of("ech"));
        Assert.All(["some", "any", "tunnel"], inbound => Assert.Null(Of(inbound)));
        Assert.Equal("own.auth", Of("own").Name);
        Assert.Equal(TimeSpan.FromSeconds(1), Of("own").Timeout);
        Assert.Equal(new PamAuthConfig("s") { Name = "both.auth", OnOutage = OutageRule.Cached, Cache = TimeSpan.Zero }, Of("both"));
        Assert.Equal("https://login.example", config.Auth!.Place); // the rest of the URL is a secret
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(60), OutageRule.Deny), (config.Auth.Timeout, config.Auth.Cache, config.Auth.OnOutage));
    }

    [Fact]
    public void All_keys_of_a_directory_are_read()
    {
        LdapAuthConfig ldap = Assert.IsType<LdapAuthConfig>(ConfigAssert.Valid(All +
            """
            auth:
              ldap:
                url: "ldap://dc1.example:1389/"
                starttls: true
                base: dc=example
                filter: (&(objectClass=user)(uid={user}))
                bind_dn: cn=service
                bind_password: secret
                groups: { base: ou=groups, filter: "(memberUid={user})", name: gn }
            """).Auth);
        Assert.Equal(("ldap://dc1.example:1389", 1389, true, false), (ldap.Place, ldap.Port, ldap.StartTls, ldap.IsTls));
        Assert.Equal(("dc=example", "(&(objectClass=user)(uid={user}))", "cn=service"), (ldap.Base, ldap.Filter, ldap.BindDn));
        Assert.Equal(new LdapGroupsConfig { Base = "ou=groups", Filter = "(memberUid={user})", NameAttribute = "gn" }, ldap.Groups);
        Assert.Equal((636, 389), (Read("ldaps://a").Port, Read("ldap://a").Port));

        static LdapAuthConfig Read(string url) =>
            (LdapAuthConfig)ConfigAssert.Valid($"{All}auth: {{ ldap: {{ url: \"{url}\", user_dn: \"cn={{user}},dc=x\" }} }}").Auth!;
    }

    [Theory]
    [InlineData("{}", "auth", "expected one of `http`, `file`, `ldap` and `pam`, the back-end that knows the users")]
    [InlineData("{ http: { url: \"http://a/\" }, pam: { service: a } }", "auth",
        "expected one of `http`, `file`, `ldap` and `pam`, the back-end that knows the users, found http and pam")]
    [InlineData("{ htp: 1 }", "auth.htp", "unknown key; did you mean \"http\"?")]
    [InlineData("{ http: {} }", "auth.http.url", "missing; auth.http needs a URL with https:// or http:// and without user info")]
    [InlineData("{ http: { url: \"ftp://a/\" } }", "auth.http.url", "expected a URL with https:// or http:// and without user info")]
    [InlineData("{ http: { url: \"http://u:hunter2@a/\" } }", "auth.http.url", "expected a URL with https:// or http:// and without user info")]
    [InlineData("{ http: { url: \"http://a/\", token: \"a b\" } }", "auth.http.token",
        "the token goes into a header field; expected letters, digits and signs of ASCII, without blanks")]
    [InlineData("{ http: { url: \"http://a/\", timeout: 2m } }", "auth.http.timeout", "\"2m\" is out of range; expected 100ms to 1m")]
    [InlineData("{ http: { url: \"http://a/\", cache: 25h } }", "auth.http.cache", "\"25h\" is out of range; expected 0s to 24h")]
    [InlineData("{ http: { url: \"http://a/\", on_outage: allow } }", "auth.http.on_outage", "expected \"deny\" or \"cached\", found \"allow\"")]
    [InlineData("{ pam: { service: ../shadow } }", "auth.pam.service",
        "expected the name of a service, such as multiexit for /etc/pam.d/multiexit, found \"../shadow\"")]
    [InlineData("{ ldap: { url: \"http://a\", base: b } }", "auth.ldap.url",
        "expected a URL such as ldaps://directory.example or ldap://127.0.0.1:389, without anything behind the port")]
    [InlineData("{ ldap: { url: \"ldap://a\" } }", "auth.ldap", "expected either `user_dn`, the DN with {user} in it, or `base`, where users are searched for")]
    [InlineData("{ ldap: { url: \"ldap://a\", user_dn: \"cn=x\" } }", "auth.ldap.user_dn",
        "expected a DN with {user} in it, such as \"uid={user},ou=people,dc=example,dc=com\", found \"cn=x\"")]
    [InlineData("{ ldap: { url: \"ldap://a\", base: b, bind_dn: c } }", "auth.ldap", "expected `bind_dn` and `bind_password` together")]
    [InlineData("{ ldap: { url: \"ldaps://a\", base: b, starttls: true } }", "auth.ldap.starttls",
        "TLS begins with the connection of ldaps://; expected ldap:// beside it")]
    [InlineData("{ ldap: { url: \"ldap://a\", base: b, filter: \"(uid=x)\" } }", "auth.ldap.filter",
        "expected a filter with {user} in it, such as \"(uid={user})\", found \"(uid=x)\"")]
    [InlineData("{ ldap: { url: \"ldap://a\", base: b, filter: \"(uid={user}\" } }", "auth.ldap.filter",
        "\"(uid={user}\" is no filter: expected attribute=value")]
    [InlineData("{ ldap: { url: \"ldap://a\", base: b, groups: {} } }", "auth.ldap.groups",
        "expected either `attribute`, of the user's entry, or `base`, where groups are searched for")]
    [InlineData("{ file: nowhere }", "auth.file", null)]
    public void What_is_wrong_with_it_is_told_at_its_key(string auth, string path, string? message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{All}auth: {auth}"));
        Assert.Equal(path, error.Path);
        if (message is not null) Assert.Equal(message, error.Message);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_no_inbound_asks_is_an_error()
    {
        const string Auth = "auth: { http: { url: \"http://a/\" } }\n";
        ConfigError error = Assert.Single(ConfigAssert.Errors(ConfigAssert.Inbound + Auth));
        Assert.Equal(("auth", "no inbound asks it; expected `users: all` at an inbound whose clients it knows"), (error.Path, error.Message));
    }

    [Fact]
    public void An_inbound_without_names_and_passwords_has_none()
    {
        Assert.StartsWith("unknown key", Assert.Single(ConfigAssert.Errors(
            "inbounds: [{ name: a, type: forward, listen: \":1\", target: \"a:1\", auth: { pam: { service: s } } }]")).Message, StringComparison.Ordinal);
        Assert.Equal("clients of an inbound of the type ech-tunnel have tokens; expected `http`, the back-end that can be asked about them",
            Assert.Single(ConfigAssert.Errors("inbounds: [{ name: a, type: ech-tunnel, listen: \":1\", auth: { pam: { service: s } } }]")).Message);
    }

    [Fact]
    public void Rules_and_limits_may_name_users_that_only_the_back_end_knows()
    {
        const string Rest = "routes: [{ users: [carol], inbounds: [a], exit: block }, { users: [dave], exit: block }]\n"
            + "limits: { users: { carol: { connections: 5 } } }\n";
        ConfigAssert.Valid(All + Rest + "auth: { pam: { service: s } }");
        Assert.NotEmpty(ConfigAssert.Errors("inbounds: [{ name: a, type: mixed, listen: \":1\", users: all }]\nusers: { bob: { password: x } }\n" + Rest));
        // Not where no inbound of the rule has one.
        Assert.NotEmpty(ConfigAssert.Errors(
            All + "users: { bob: { password: x } }\nauth: { pam: { service: s } }\nroutes: [{ users: [carol], inbounds: [b], exit: block }]\n"));
    }

    [Fact]
    public void A_configuration_made_in_code_is_checked_too()
    {
        GatewayConfig config = TestGateway.Mixed() with { Auth = new PamAuthConfig("s") { Timeout = TimeSpan.Zero } };
        config = config with { Inbounds = [config.Inbounds[0] with { Auth = new PamAuthConfig("t") { Name = "proxy.auth", Cache = TimeSpan.FromDays(2) } }] };
        Assert.Equal(
            ["auth.pam.timeout: \"0s\" is out of range; expected 100ms to 1m", "inbounds[0].auth.pam.cache: \"48h\" is out of range; expected 0s to 24h"],
            config.FindProblems().Order(StringComparer.Ordinal));
    }
}
