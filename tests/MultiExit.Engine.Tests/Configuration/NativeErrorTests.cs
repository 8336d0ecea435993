namespace MultiExit.Engine.Tests.Configuration;

/// <summary>One document for each kind of error: its place and its message. <c>I</c> stands for a valid inbound in line 1.</summary>
public sealed class NativeErrorTests
{
    public static TheoryData<string, int, int, string, string> Cases => new()
    {
        // Keys.
        { "I\nroute: []", 2, 1, "route", "unknown key; did you mean \"routes\"?" },
        { "I\nlimits: { conections: 5 }", 2, 11, "limits.conections", "unknown key; did you mean \"connections\"?" },
        { "I\nlogging:\n  colour: red", 3, 3, "logging.colour", "unknown key; logging has the keys access, file, level" },
        { "I\nname: a\nname: b", 3, 1, "name", "duplicate key; it stands already in line 2" },
        { "I\n\"a b\": 1", 2, 1, "[\"a b\"]",
            "unknown key; a configuration has the keys auth, control, dashboard, default, "
                + "dns, exits, fleet, geoip, groups, history, inbounds, limits, logging, metrics, name, name_parameters, name_separator, notify, "
                + "records, routes, sets, snat, users" },
        // Inbounds.
        { "name: x", 1, 1, "inbounds",
            "missing; a configuration needs at least one inbound, such as - { name: proxy, type: mixed, listen: \"127.0.0.1:1080\" }" },
        { "inbounds: []", 1, 11, "inbounds",
            "expected at least one inbound, such as - { name: proxy, type: mixed, listen: \"127.0.0.1:1080\" }, found an empty list" },
        { "inbounds: 5", 1, 11, "inbounds", "expected a list, found \"5\"" },
        { "inbounds: [x]", 1, 12, "inbounds[0]", "expected an inbound (a mapping), found \"x\"" },
        { "inbounds: [{ type: socks5, listen: \":1080\" }]", 1, 12, "inbounds[0].name",
            "missing; an inbound needs a name: 1 to 64 letters, digits and . _ - : (no . or - at the start)" },
        { "inbounds: [{ name: a b, type: socks5, listen: \":1080\" }]", 1, 20, "inbounds[0].name",
            "expected a name: 1 to 64 letters, digits and . _ - : (no . or - at the start), found \"a b\"" },
        { "inbounds: [{ name: a, listen: \":1080\" }]", 1, 12, "inbounds[0].type",
            "missing; an inbound needs \"socks5\", \"http\", \"mixed\", \"websocket\", \"forward\", "
                + "\"transparent\", \"tunnel\", \"ech-tunnel\", \"lightsocks\" or \"shadowsocks\"" },
        { "inbounds: [{ name: a, type: sock5, listen: \":1080\" }]", 1, 29, "inbounds[0].type", "unknown value \"sock5\"; did you mean \"socks5\"?" },
        { "inbounds: [{ name: a, type: ftp, listen: \":1080\" }]", 1, 29, "inbounds[0].type",
            "expected \"socks5\", \"http\", \"mixed\", \"websocket\", \"forward\", "
                + "\"transparent\", \"tunnel\", \"ech-tunnel\", \"lightsocks\" or \"shadowsocks\", found \"ftp\"" },
        { "inbounds: [{ name: a, type: http }]", 1, 12, "inbounds[0].listen",
            "missing; an inbound needs an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\"" },
        { "inbounds: [{ name: a, type: http, listen: 1080 }]", 1, 43, "inbounds[0].listen",
            "\"1080\" has no port; expected an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\"" },
        { "inbounds: [{ name: a, type: http, listen: \":65536\" }]", 1, 43, "inbounds[0].listen",
            "\":65536\" has no port from 0 to 65535 behind the colon; expected an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\"" },
        { "inbounds: [{ name: a, type: http, listen: \"*:80\" }]", 1, 43, "inbounds[0].listen",
            "\"*:80\" has * for an address; write \":80\" to listen on all addresses" },
        { "inbounds: [{ name: a, type: http, listen: \"::1:80\" }]", 1, 43, "inbounds[0].listen",
            "\"::1:80\" is ambiguous; an IPv6 address stands in brackets, \"[::1]:1080\"" },
        { "inbounds: [{ name: a, type: http, listen: \"host.example:80\" }]", 1, 43, "inbounds[0].listen",
            "\"host.example:80\" has no IP address of this host before the port; "
            + "expected an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\"" },
        { "inbounds: [{ name: a, type: http, listen: }]", 1, 35, "inbounds[0].listen",
            "expected an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\", found nothing" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", private_destinations: yes }]", 1, 72, "inbounds[0].private_destinations",
            "expected \"allow\" or \"refuse\", found \"yes\"" },
        { "inbounds: [{ name: a, type: forward, listen: \":80\" }]", 1, 12, "inbounds[0].target",
            "missing; an inbound needs a host and a port such as \"example.com:80\"" },
        { "inbounds: [{ name: a, type: forward, listen: \":80\", target: host }]", 1, 61, "inbounds[0].target",
            "expected a host and a port such as \"example.com:80\", found \"host\"" },
        { "inbounds: [{ name: a, type: forward, listen: \":80\", target: [a] }]", 1, 61, "inbounds[0].target",
            "not yet available in this build: several targets; write one inbound for each" },
        { "inbounds: [{ name: a, type: socks5, listen: \":80\", max_line: 1KiB }]", 1, 52, "inbounds[0].max_line",
            "unknown key; an inbound has the keys allow, auth, bind, bind_timeout, listen, name, private_destinations, proxy_protocol, socks4, tls, type, udp, "
            + "udp_address, udp_idle_timeout, udp_per_user, udp_total, users" },
        { "inbounds: [{ name: a, type: socks5, listen: \":80\", udp: on }]", 1, 57, "inbounds[0].udp", "expected true or false, found \"on\"" },
        { "inbounds: [{ name: a, type: socks5, listen: \":80\", udp_address: 1.2.3 }]", 1, 65, "inbounds[0].udp_address",
            "expected an IP address such as 198.51.100.10 or 2001:db8::10, found \"1.2.3\"" },
        { "inbounds: [{ name: a, type: socks5, listen: \":80\", udp_per_user: 0 }]", 1, 66, "inbounds[0].udp_per_user",
            "expected a whole number from 1 to 65535, found \"0\"" },
        { "inbounds: [{ name: a, type: socks5, listen: \":80\", bind_timeout: 30 }]", 1, 66, "inbounds[0].bind_timeout",
            "expected a duration such as 500ms, 10s, 5m, 1h or 1d, found \"30\"" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", max_head: 64 }]", 1, 60, "inbounds[0].max_head",
            "expected a size such as 512B, 64KiB or 10MB, found \"64\"" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", max_head: 64MiB }]", 1, 60, "inbounds[0].max_head",
            "\"64MiB\" is out of range; expected 1KiB to 16MiB" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", max_line: 128KiB }]", 1, 60, "inbounds[0].max_line",
            "max_line (128KiB) is more than max_head (64KiB); expected at most that" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", tls: {} }, ]", 1, 55, "inbounds[0].tls.cert",
            "missing; tls of a listener needs the PEM file of the certificate chain, or self_signed: true" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", tls: { key: /no/k.pem, cert: / } }]", 1, 62, "inbounds[0].tls.key",
            "the file \"/no/k.pem\" does not exist" },
        { "inbounds: [{ name: a, type: http, listen: \":80\" }, { name: a, type: http, listen: \":81\" }]", 1, 60, "inbounds[1].name",
            "duplicate name; \"a\" is already the inbound of line 1" },
        { "inbounds: [{ name: a, type: http, listen: \":80\" }, { name: b, type: http, listen: \"127.0.0.1:80\" }]", 1, 83, "inbounds[1].listen",
            "127.0.0.1:80 is already taken by the listener [::]:80 of line 1; expected another address or port" },
        // Users.
        { "inbounds: [{ name: a, type: http, listen: \":80\", users: {} }]", 1, 57, "inbounds[0].users",
            "expected \"all\", a list of names of the users in `users`, or users of this inbound alone as "
            + "{ name: { password: secret } }; leave the key out to serve anybody, found a mapping" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", users: { u: hunter2 } }]", 1, 62, "inbounds[0].users.u",
            "expected a mapping, { password: secret }, found a single value" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", users: { u: {} } }]", 1, 62, "inbounds[0].users.u.password",
            "missing; a user needs a secret, `password_hash`, `keys`, `tokens`, `psks`, `certificate` or `networks` to be known by, or an inbound "
            + "with `tls.clients.user_from`" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", users: { \"u:v\": { password: x } } }]", 1, 59, "inbounds[0].users[\"u:v\"]",
            "a user's name has 1 to 255 octets, no control characters and, for HTTP, no colon" },
        { "inbounds: [{ name: a, type: http, listen: \":80\", users: { u: { password: } } }]", 1, 64, "inbounds[0].users.u.password",
            "expected a literal, { env: NAME }, { file: path } or { credential: name }, found nothing" },
        // Exits.
        { "I\nexits: [{ name: direct, type: direct }]", 2, 17, "exits[0].name", "the name \"direct\" is taken: that exit always exists; choose another" },
        { "I\nexits: [{ name: e, type: direct }, { name: e, type: direct }]", 2, 44, "exits[1].name",
            "duplicate name; \"e\" is already the exit or group of line 2" },
        { "I\nexits: [{ name: e, type: direct, address: 256.1.1.1 }]", 2, 43, "exits[0].address",
            "expected an IP address such as 198.51.100.10 or 2001:db8::10, found \"256.1.1.1\"" },
        { "I\nexits: [{ name: e, type: socks5 }]", 2, 9, "exits[0].server",
            "missing; an exit needs a host and a port such as \"proxy.example:1080\", or a URL such as socks5://proxy.example:1080" },
        { "I\nexits: [{ name: e, type: socks5, server: host }]", 2, 42, "exits[0].server",
            "expected a host and a port such as \"proxy.example:1080\", or a URL such as socks5://proxy.example:1080" },
        { "I\nexits: [{ name: e, type: socks5, server: \"http://host:80\" }]", 2, 42, "exits[0].server",
            "the URL has a scheme that is not for a socks5 exit; expected socks5://, socks5s:// or socks5+tls://" },
        { "I\nexits: [{ name: e, type: http, server: \"http://host:80/x\" }]", 2, 40, "exits[0].server", "the URL has a path; expected scheme://host:port" },
        { "I\nexits: [{ name: e, type: http, server: \"https://host?snl=x\" }]", 2, 40, "exits[0].server",
            "the URL has an unknown option \"snl\"; expected sni, ca, pin=sha256:... or insecure=true" },
        { "I\nexits: [{ name: e, type: http, server: \"http://host?sni=x\" }]", 2, 40, "exits[0].server", "the URL has options; without TLS it takes none" },
        { "I\nexits: [{ name: e, type: http, server: \"wss://host\" }]", 2, 40, "exits[0].server",
            "the URL has a scheme that is not for a http exit; expected http:// or https://" },
        { "I\nexits: [{ name: e, type: http, server: \"https://host\", tls: false }]", 2, 61, "exits[0].tls",
            "false, but the scheme in `server` asks for TLS; expected one or the other" },
        { "I\nexits: [{ name: e, type: http, server: \"h:1\", tls: maybe }]", 2, 52, "exits[0].tls",
            "expected true, false or a mapping with sni, server_name, ca, cert, key, pin and insecure, found \"maybe\"" },
        { "I\nexits: [{ name: e, type: http, server: \"h:1\", tls: { sni: 10.0.0.1 } }]", 2, 59, "exits[0].tls.sni",
            "expected a host name for sni, such as proxy.example, found \"10.0.0.1\"" },
        { "I\nexits: [{ name: e, type: http, server: \"h:1\", tls: { ca: no-such.pem } }]", 2, 58, "exits[0].tls.ca", null! },
        { "I\nexits: [{ name: e, type: socks5, server: \"h:1\", username: u }]", 2, 9, "exits[0].password",
            "missing; a socks5 exit with a user needs a password (RFC 1929)" },
        { "I\nexits: [{ name: e, type: socks5, server: \"h:1\", password: p }]", 2, 59, "exits[0].password",
            "a password without a user; expected `username` beside it" },
        { "I\nexits: [{ name: e, type: socks5, server: \"socks5://u:p@h:1\", username: v }]", 2, 72, "exits[0].username",
            "the URL in `server` names a user already; expected one of them" },
        { "I\nexits: [{ name: e, type: socks5, server: \"h:1\", timeout: 2h }]", 2, 58, "exits[0].timeout", "\"2h\" is out of range; expected 10ms to 1h" },
        { "I\nexits: [{ name: e, type: socks5, server: \"h:1\", retries: -1 }]", 2, 58, "exits[0].retries",
            "expected a whole number from 0 to 100, found \"-1\"" },
        { "I\nexits: [{ name: e, type: socks5, server: \"h:1\", via: corq }, { name: corp, type: direct }]", 2, 54, "exits[0].via",
            "there is no exit or group \"corq\"; did you mean \"corp\"?" },
        { "I\nexits: [{ name: a, type: socks5, server: \"h:1\", via: b }, { name: b, type: http, server: \"h:2\", via: a }]", 2, 102, "exits[1].via",
            "leads back to itself: a -> b -> a" },
        // Groups.
        { "I\ngroups: [{ name: g, exits: [] }]", 2, 28, "groups[0].exits", "expected a list of exits or groups, found an empty list" },
        { "I\ngroups: [{ name: g }]", 2, 10, "groups[0].exits", "missing; a group needs a list of exits or groups" },
        { "I\ngroups: [{ name: g, exits: [direct, direct] }]", 2, 37, "groups[0].exits[1]", "\"direct\" stands in this group twice; expected it once" },
        { "I\ngroups: [{ name: g, exits: [g] }]", 2, 29, "groups[0].exits[0]", "leads back to itself: g -> g" },
        { "I\ngroups: [{ name: g, exits: [h] }, { name: h, exits: [direct, g] }]", 2, 62, "groups[1].exits[1]", "leads back to itself: g -> h -> g" },
        { "I\ngroups: [{ name: block, exits: [direct] }]", 2, 18, "groups[0].name", "the name \"block\" is taken: that exit always exists; choose another" },
        { "I\ngroups: [{ name: g, exits: [direct], strategy: robin }]", 2, 48, "groups[0].strategy",
            "expected \"round_robin\", \"port_based\", \"destination_based\", \"random\", \"weighted\", \"least_connections\", \"lowest_latency\", "
            + "\"failover\", \"sticky\" or \"quality\", found \"robin\"" },
        // Rules.
        { "I\nroutes: [{ ports: [25] }]", 2, 10, "routes[0].exit", "missing; a rule needs the name of an exit or group" },
        { "I\nroutes: [{ ports: [25], exit: blok }]", 2, 31, "routes[0].exit", "there is no exit or group \"blok\"; did you mean \"block\"?" },
        { "I\nroutes: [{ exit: block }]", 2, 10, "routes[0]",
            "a rule without a condition; expected at least one of users, groups, clients, inbounds, local_networks, protocols, domains, domain_keyword, "
            + "domain_regex, networks, sets, countries, asns, ports, times, not, any, all (`default` takes the rest)" },
        { "I\nroutes: [{ ports: [99999], exit: block }]", 2, 20, "routes[0].ports[0]",
            "expected a port such as 443 or a range such as 8000-8999, from 0 to 65535, found \"99999\"" },
        { "I\nroutes: [{ ports: 9-8, exit: block }]", 2, 19, "routes[0].ports",
            "expected a port such as 443 or a range such as 8000-8999, from 0 to 65535, found \"9-8\"" },
        { "I\nroutes: [{ ports: [], exit: block }]", 2, 19, "routes[0].ports", "expected a list of ports that is not empty, found an empty list" },
        { "I\nroutes: [{ domains: [\"*.a.example\"], exit: block }]", 2, 22, "routes[0].domains[0]",
            "\"*.a.example\" has a wildcard; write \".a.example\" for the domain and everything beneath" },
        { "I\nroutes: [{ domains: [\"a..b\"], exit: block }]", 2, 22, "routes[0].domains[0]",
            "\"a..b\" is no domain; expected one such as example.com, or .example.com for everything beneath" },
        { "I\nroutes: [{ domains: [1.2.3.4], exit: block }]", 2, 22, "routes[0].domains[0]", "\"1.2.3.4\" is an address; addresses stand in `networks`" },
        { "I\nroutes: [{ domains: [bücher.example], exit: block }]", 2, 22, "routes[0].domains[0]", "\"bücher.example\" is not ASCII; write the xn-- form" },
        { "I\nroutes: [{ networks: [10.0.0.1/8], exit: block }]", 2, 23, "routes[0].networks[0]",
            "\"10.0.0.1/8\" has address bits behind the prefix; did you mean 10.0.0.0/8?" },
        { "I\nroutes: [{ networks: [10.0.0.0/33], exit: block }]", 2, 23, "routes[0].networks[0]",
            "\"10.0.0.0/33\" has no prefix length from 0 to 32 behind the slash" },
        { "I\nroutes: [{ networks: [lan], exit: block }]", 2, 23, "routes[0].networks[0]",
            "\"lan\" is no network; expected a network such as 10.0.0.0/8 or 2001:db8::/32, or a single address" },
        { "I\nroutes: [{ inbounds: [inn], exit: block }]", 2, 23, "routes[0].inbounds[0]", "there is no inbound \"inn\"; did you mean \"in\"?" },
        { "I\nroutes: [{ users: [bob], exit: block }]", 2, 20, "routes[0].users[0]", "there is no user \"bob\"" },
        { "I\ndefault: nowhere", 2, 10, "default", "there is no exit or group \"nowhere\"" },
        // Settings.
        { "I\ndns: { prefer: ipv5 }", 2, 16, "dns.prefer", "unknown value \"ipv5\"; did you mean \"ipv6\"?" },
        { "I\nlimits: { connections: \"100\" }", 2, 24, "limits.connections", "expected a whole number from 1 to 1000000, found \"100\"" },
        { "I\nlimits: { idle_timeout: 0s }", 2, 25, "limits.idle_timeout", "\"0s\" is out of range; expected 100ms to 720h" },
        { "I\nlimits: [1]", 2, 9, "limits", "expected a mapping, found a list" },
        { "I\nlogging: { level: verbose }", 2, 19, "logging.level", "expected \"debug\", \"info\", \"warning\" or \"error\", found \"verbose\"" },
        { "I\nlogging: { file: x.log, access: x.log }", 2, 33, "logging.access", "the same file as `file`; expected another" },
        { "I\nname: [x]", 2, 7, "name", "expected a name: 1 to 64 letters, digits and . _ - : (no . or - at the start), found a list" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_error_is_reported_with_its_place_and_its_message(string yaml, int line, int column, string path, string? message)
    {
        string text = yaml.StartsWith("I\n", StringComparison.Ordinal) ? ConfigAssert.Inbound + yaml[2..] : yaml;
        var errors = ConfigAssert.Errors(text, "test.yaml");
        // A second fault of the same value may follow; the first one in the file is the one looked for.
        var error = errors.First(found => found.Path == path);
        Assert.Equal(("test.yaml", line, column), (error.File, error.Line, error.Column));
        if (message is not null) Assert.Equal(message, error.Message);
    }

    [Fact]
    public void All_errors_come_at_once_in_the_order_of_the_file()
    {
        var errors = ConfigAssert.Errors(
            """
            defaul: direct
            inbounds:
              - name: a
                type: socks5
                listen: nowhere
                udp: maybe
            groups:
              - { name: g, exits: [x] }
            limits: { connections: 0 }
            """);
        Assert.Equal([1, 5, 6, 8, 9], errors.Select(error => error.Line));
        Assert.Equal(["defaul", "inbounds[0].listen", "inbounds[0].udp", "groups[0].exits[0]", "limits.connections"], errors.Select(error => error.Path));
    }

    [Fact]
    public void An_error_prints_as_file_line_column_path_message() =>
        Assert.Equal("edge.yaml:2:1: colour: unknown key; did you mean \"control\"?",
            ConfigAssert.Errors(ConfigAssert.Inbound + "contrl: 1", "edge.yaml")[0].ToString().Replace("contrl", "colour", StringComparison.Ordinal));
}
