using System.Net;
using System.Text;
using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>A directory that is no part of this project: OpenLDAP.</summary>
public sealed class LdapTests : IAsyncDisposable
{
    private const string People = "ou=people,dc=example";
    private readonly PortableTransport _transport = new();
    private readonly TemporaryFolder _folder = new();
    private readonly SelfSignedCertificate _certificate = SelfSignedCertificate.Create(["127.0.0.1"], TimeSpan.FromDays(1), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        _folder.Dispose();
    }

    [RequiresFact(ExternalTool.Slapd)]
    public async Task A_user_is_bound_by_its_DN_or_by_the_one_that_is_found()
    {
        using Slapd slapd = await StartAsync();
        LdapAuthConfig template = new() { Url = new($"ldap://127.0.0.1:{slapd.Port}"), UserDn = $"uid={{user}},{People}" };
        LdapAuthConfig search = new()
        {
            Url = template.Url, Base = "dc=example", Filter = "(&(objectClass=inetOrgPerson)(uid={user}))",
            BindDn = "cn=admin,dc=example", BindPassword = new Secret("secret"),
        };
        LdapAuthConfig anonymous = search with { BindDn = null, BindPassword = null };
        const string Odd = "bob, the (builder)*";
        foreach (LdapAuthConfig config in new[] { template, search, anonymous })
        {
            Assert.Equal("alice", (await AskAsync(config, "alice", "wonder")).User?.Name);
            Assert.Equal(Odd, (await AskAsync(config, Odd, "can")).User?.Name);
            Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, "alice", "wrong")).Verdict);
            Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, "alice", "")).Verdict);
            Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, "nobody", "wonder")).Verdict);
            Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, "nopassword", "x")).Verdict);
            // What a name must not turn a DN or a filter into.
            foreach (string name in new[] { "*", "al*", "alice)(uid=alice", "alice))(|(uid=alice", $"alice,{People}", "alice+cn=Alice", "\\61lice", "" })
                Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, name, "wonder")).Verdict);
        }
        BackEndAnswer twin = await AskAsync(search, "twin", "one");
        Assert.Equal((BackEndVerdict.Unusable, "its search finds several entries for one name"), (twin.Verdict, twin.Reason));
        BackEndAnswer refused = await AskAsync(search with { BindPassword = new Secret("old") }, "alice", "wonder");
        Assert.Equal((BackEndVerdict.Unavailable, "the bind of `bind_dn` fails: result 49, InvalidCredentials"), (refused.Verdict, refused.Reason));
        BackEndAnswer lost = await AskAsync(search with { Base = "dc=nowhere" }, "alice", "wonder");
        Assert.Equal((BackEndVerdict.Unusable, "the search for the user fails: result 32, NoSuchObject"), (lost.Verdict, lost.Reason));
    }

    [RequiresFact(ExternalTool.Slapd)]
    public async Task The_groups_of_a_user_stand_at_it_or_are_searched_for()
    {
        using Slapd slapd = await StartAsync();
        LdapAuthConfig config = new() { Url = new($"ldap://127.0.0.1:{slapd.Port}"), UserDn = $"uid={{user}},{People}" };
        LdapAuthConfig search = new() { Url = config.Url, Base = "dc=example" };
        foreach (LdapAuthConfig each in new[] { config, search })
        {
            // A name that is none of a group here is left out.
            LdapAuthConfig attribute = each with { Groups = new LdapGroupsConfig { Attribute = "SeeAlso" } };
            Assert.Equal(["ops"], (await AskAsync(attribute, "alice", "wonder")).User!.Groups);
            LdapAuthConfig searched = each with { Groups = new LdapGroupsConfig { Base = "ou=groups,dc=example" } };
            Assert.Equal(["staff"], (await AskAsync(searched, "alice", "wonder")).User!.Groups);
            Assert.Equal(["staff"], (await AskAsync(searched, "bob, the (builder)*", "can")).User!.Groups);
            Assert.Empty((await AskAsync(each, "alice", "wonder")).User!.Groups);
        }
    }

    [RequiresFact(ExternalTool.Slapd)]
    public async Task TLS_begins_at_once_or_by_STARTTLS_and_is_checked()
    {
        using Slapd slapd = await StartAsync();
        LdapAuthConfig direct = new()
        {
            Url = new($"ldaps://127.0.0.1:{slapd.TlsPort}"), UserDn = $"uid={{user}},{People}", CaFile = Path.Combine(_folder.Path, "ca.pem"),
        };
        LdapAuthConfig later = direct with { Url = new($"ldap://127.0.0.1:{slapd.Port}"), StartTls = true };
        foreach (LdapAuthConfig config in new[] { direct, later })
        {
            await File.WriteAllTextAsync(config.CaFile!, _certificate.CertificatePem);
            Assert.Equal(BackEndVerdict.Allowed, (await AskAsync(config, "alice", "wonder")).Verdict);
            Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, "alice", "wrong")).Verdict);
            SelfSignedCertificate other = SelfSignedCertificate.Create(["127.0.0.1"], TimeSpan.FromDays(1), TimeProvider.System);
            await File.WriteAllTextAsync(config.CaFile!, other.CertificatePem);
            Assert.Equal(BackEndVerdict.Unavailable, (await AskAsync(config, "alice", "wonder")).Verdict);
            Assert.Equal(BackEndVerdict.Unavailable, (await AskAsync(config with { CaFile = null }, "alice", "wonder")).Verdict);
        }
    }

    [RequiresFact(ExternalTool.Slapd, ExternalTool.Curl)]
    public async Task A_directory_that_says_nothing_is_an_outage_and_curl_comes_in_before_and_after()
    {
        using Slapd slapd = await StartAsync();
        using HttpOrigin origin = new();
        string file = Path.Combine(_folder.Path, "edge.yaml");
        string directory = $"url: \"ldap://127.0.0.1:{slapd.Port}\", user_dn: \"uid={{user}},{People}\", cache: 0s, "
            + "groups: { base: \"ou=groups,dc=example\" }";
        await File.WriteAllTextAsync(file, $$"""
            inbounds:
              - { name: lan, type: mixed, listen: "127.0.0.1:0", users: all }
              - { name: hasty, type: mixed, listen: "127.0.0.1:0", users: all, auth: { ldap: { {{directory}}, timeout: 200ms } } }
            users: { local: { password: secret } }
            auth: { ldap: { {{directory}}, timeout: 60s } }
            routes: [{ groups: [guests], exit: block }]
            limits: { handshake_timeout: 60s }
            """);
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", file);
        Assert.Equal(0, await CurlAsync("alice:wonder"));
        Assert.NotEqual(0, await CurlAsync("alice:wrong"));
        // Of a group that a rule refuses.
        Assert.NotEqual(0, await CurlAsync("twin:one"));
        await slapd.FreezeAsync();
        Assert.NotEqual(0, await CurlAsync("alice:wonder", 1));
        Assert.Contains("no answer within 0.2 s", await proxy.LogLineAsync("MX3011"), StringComparison.Ordinal);
        Assert.Equal(0, await CurlAsync("local:secret", 1));
        Task<int> waiting = CurlAsync("alice:wonder");
        await slapd.ThawAsync();
        Assert.Equal(0, await waiting);

        async Task<int> CurlAsync(string login, int inbound = 0) => (await Curl.RunAsync(
            "--fail", "--proxy", $"http://{login}@{proxy.Listeners[inbound].Address}", "--output", "/dev/null", $"{origin.Url}/bytes/100")).ExitCode;
    }

    private Task<Slapd> StartAsync() => Slapd.StartAsync(_certificate.CertificatePem, _certificate.KeyPem);

    private async Task<BackEndAnswer> AskAsync(LdapAuthConfig config, string name, string password)
    {
        using LdapBackEnd backEnd = new(config, async (server, token) =>
            await _transport.ConnectAsync(new IPEndPoint(IPAddress.Parse(server.Host), server.Port), default, token));
        BackEndQuestion question = new(name, Encoding.UTF8.GetBytes(password), "lan", IPAddress.Loopback);
        return await backEnd.AskAsync(question, default).WaitAsync(HostProcess.Limit);
    }
}
