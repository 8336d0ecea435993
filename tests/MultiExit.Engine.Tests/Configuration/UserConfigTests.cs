using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

public sealed class UserConfigTests
{
    private const string Users = """
        users:
          alice:
            password: wonder
            keys: { laptop: long-enough-1, phone: long-enough-2 }
            tokens: { ci: abc }
            networks: [10.8.0.0/16, 192.0.2.7]
            expires: 2027-06-30
            groups: [ops, dev]
            allow: [.example.com, 203.0.113.0/24]
            deny: [secret.example.com]
            limits: { connections: 5, bandwidth: 1MB/s }
          bob: { tokens: { phone: def }, disabled: true, expires: "2027-06-30T12:00:00+02:00" }

        """;

    [Fact]
    public void A_user_has_all_that_the_document_says()
    {
        GatewayConfig config = ConfigAssert.Valid(Users + "inbounds: [{ name: a, type: socks5, listen: \":80\", users: all }]");
        UserConfig alice = config.Users[0], bob = config.Users[1];
        Assert.Equal(["password", "key:laptop", "key:phone", "token:ci", "network:10.8.0.0/16", "network:192.0.2.7/32"], alice.Credentials);
        Assert.Equal(new DateTimeOffset(2027, 7, 1, 0, 0, 0, TimeSpan.Zero), alice.Expires);
        Assert.Equal(["ops", "dev"], alice.Groups);
        Assert.Equal([".example.com"], alice.Allow!.Domains);
        Assert.Equal([IPNetwork.Parse("203.0.113.0/24")], alice.Allow.Networks);
        Assert.Equal(["secret.example.com"], alice.Deny!.Domains);
        Assert.Equal(new ScopeLimits { Connections = 5, Bandwidth = 1_000_000 }, config.Limits.OfUser("alice"));
        Assert.True(bob.Disabled);
        Assert.Equal(new DateTimeOffset(2027, 6, 30, 10, 0, 0, TimeSpan.Zero), bob.Expires);
        Assert.Equal(["alice", "bob"], config.Inbounds[0].Users.Select(user => user.Name));
    }

    [Fact]
    public void An_inbound_has_all_users_or_those_it_names_or_its_own()
    {
        GatewayConfig config = ConfigAssert.Valid(Users + """
            inbounds:
              - { name: all, type: mixed, listen: ":80", users: all }
              - { name: one, type: socks5, listen: ":81", users: [alice] }
              - { name: own, type: http, listen: ":82", users: { carol: { password: x, groups: [ops] } } }
              - { name: any, type: http, listen: ":83" }
            """);
        Assert.Equal(["alice,bob", "alice", "carol", ""], config.Inbounds.Select(inbound => string.Join(',', inbound.Users.Select(user => user.Name))));
    }

    [Fact]
    public void A_tunnel_needs_no_key_of_its_own_where_its_users_have_some()
    {
        GatewayConfig config = ConfigAssert.Valid(Users + """
            inbounds:
              - { name: a, type: tunnel, listen: ":443", tls: { self_signed: true }, users: all }
              - { name: b, type: tunnel, listen: ":444", tls: { self_signed: true }, users: all, key: of-old-clients }
              - { name: c, type: ech-tunnel, listen: ":445", users: [bob] }
            """);
        Assert.Equal([0, 1], config.Inbounds.OfType<TunnelInboundConfig>().Select(inbound => inbound.Keys.Count));
    }

    [Theory]
    [InlineData("users: { a: { password: x } }\ninbounds: [{ name: i, type: socks5, listen: \":80\", users: [b] }]", "inbounds[0].users[0]",
        "there is no user \"b\" in the top-level `users`")]
    [InlineData("users: { a: { password: x } }\ninbounds: [{ name: i, type: socks5, listen: \":80\", users: [a, a] }]", "inbounds[0].users[1]",
        "the user stands in the list twice; expected it once")]
    [InlineData("inbounds: [{ name: i, type: socks5, listen: \":80\", users: all }]", "inbounds[0].users",
        "there are no users; expected them in the top-level `users`, as { name: { password: secret } }")]
    [InlineData("users: { a: { password: x } }\ninbounds: [{ name: i, type: socks5, listen: \":80\", users: { a: { password: y } } }]", "inbounds[0].users.a",
        "the user stands in the top-level `users`, in line 1; expected `all` or a list of names here")]
    [InlineData("users: { \"a:b\": { password: x } }\ninbounds: [{ name: i, type: http, listen: \":80\", users: all }]", "inbounds[0].users",
        "the user \"a:b\" cannot log in over HTTP, where a colon ends the name; name the others in a list")]
    [InlineData("users: { a: { keys: { file: a.key } } }\nI", "users.a.keys",
        "expected a mapping of names to secrets, such as { laptop: { file: laptop.key } }; a name has 1 to 64 letters, digits and . _ - : "
        + "(no . or - at the start) and is none of env, file, credential, vault")]
    [InlineData("users: { a: { keys: { x: short } } }\nI", "users.a.keys.x",
        "the key is too short; expected at least 8 characters, better base64: and 32 random bytes (New-MxKey makes them)")]
    [InlineData("users: { a: { tokens: { x: \"a b\" } } }\nI", "users.a.tokens.x",
        "the token goes into a header field; expected letters, digits and signs of ASCII, without blanks")]
    [InlineData("users: { a: { password: x, expires: tomorrow } }\nI", "users.a.expires",
        "expected a day such as 2027-06-30 (to its end, UTC) or a time such as 2027-06-30T18:00:00Z, found \"tomorrow\"")]
    [InlineData("users: { a: { password: x, expires: 2027-02-30 } }\nI", "users.a.expires",
        "expected a day such as 2027-06-30 (to its end, UTC) or a time such as 2027-06-30T18:00:00Z, found \"2027-02-30\"")]
    [InlineData("users: { a: { password: x, groups: [\"a b\"] } }\nI", "users.a.groups[0]",
        "expected a name: 1 to 64 letters, digits and . _ - : (no . or - at the start), found \"a b\"")]
    [InlineData("users: { a: { password: x, deny: [\"*.x\"] } }\nI", "users.a.deny[0]",
        "\"*.x\" has a wildcard; write \".x\" for the domain and everything beneath")]
    [InlineData("users: { a: { password: x, paswords: y } }\nI", "users.a.paswords", "unknown key; did you mean \"password\"?")]
    [InlineData("users: { a: { password: x, limits: { quota: 1GB } } }\nI", "limits.usage_file",
        "missing; quotas need a file in which what was used is kept, such as /var/lib/multiexit/usage.json")]
    [InlineData("users: { a: { password: x, limits: { connections: 1 } } }\nlimits: { users: { a: { udp: 1 } } }\nI", "users.a.limits",
        "a has limits in `limits.users` as well; expected them in one of the two places")]
    [InlineData("users: { a: { tokens: { t: x } } }\ninbounds: [{ name: i, type: socks5, listen: \":80\", users: all }]", "inbounds[0].users",
        "nobody can come in: none of its users has a `password` or `networks`")]
    [InlineData("users: { a: { password: x } }\ninbounds: [{ name: i, type: ech-tunnel, listen: \":80\", users: all }]", "inbounds[0].users",
        "nobody can come in: neither the inbound has a `token` nor one of its users `tokens` or `networks`")]
    [InlineData("users: { a: { password: x } }\ninbounds: [{ name: i, type: tunnel, listen: \":80\", tls: { self_signed: true }, users: all }]",
        "inbounds[0].users",
        "nobody can come in: neither the inbound has a `key` nor one of its users `keys`")]
    [InlineData("users: { a: { keys: { k: the-same-1 } }, b: { keys: { l: the-same-1 } } }\n"
        + "inbounds: [{ name: i, type: tunnel, listen: \":80\", tls: { self_signed: true }, users: all }]", "inbounds[0].users",
        "b's l is the same key as a's k; expected one of its own")]
    [InlineData("users: { a: { networks: [10.0.0.0/8] }, b: { networks: [10.0.0.0/8] } }\ninbounds: [{ name: i, type: http, listen: \":80\", users: all }]",
        "inbounds[0].users", "the network 10.0.0.0/8 is that of a and of b; expected it at one of them")]
    public void A_user_that_cannot_be_meant_is_an_error(string document, string path, string message)
    {
        string text = document.Replace("\nI", "\ninbounds: [{ name: i, type: socks5, listen: \":80\" }]", StringComparison.Ordinal);
        ConfigError error = Assert.Single(ConfigLoader.Parse(text).Errors);
        Assert.Equal((path, message), (error.Path, error.Message));
    }

    [Fact]
    public void An_inbound_takes_at_most_4096_keys()
    {
        string keys = string.Join(", ", Enumerable.Range(0, 4097).Select(i => $"k{i}: long-enough-{i}"));
        ConfigError error = Assert.Single(ConfigLoader.Parse($$"""
            users: { a: { keys: { {{keys}} } } }
            inbounds: [{ name: i, type: tunnel, listen: ":80", tls: { self_signed: true }, users: all }]
            """).Errors);
        Assert.Equal("its users have 4097 keys; an inbound takes at most 4096", error.Message);
    }

    [Fact]
    public void A_page_counts_as_a_client_where_an_address_is_enough()
    {
        const string Inbound = "inbounds: [{ name: a, type: websocket, listen: \"127.0.0.1:80\", users: all }]";
        Assert.True(ConfigAssert.Valid("users: { a: { password: x } }\n" + Inbound).Inbounds[0].AllowsPrivateDestinations);
        Assert.False(ConfigAssert.Valid("users: { a: { networks: [127.0.0.0/8] } }\n" + Inbound).Inbounds[0].AllowsPrivateDestinations);
    }
}
