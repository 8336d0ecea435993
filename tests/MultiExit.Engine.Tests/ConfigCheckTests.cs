using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tls;

namespace MultiExit.Engine.Tests;

/// <summary>The check of a configuration before a start, on its machine and on another one.</summary>
public sealed class ConfigCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_start_would_fail_on_is_a_fault_of_this_machine()
    {
        using TestCertificate one = new();
        using TestCertificate other = new();
        ConfigCheck check = await CheckAsync($$"""
            inbounds:
              - { name: a, type: mixed, listen: "203.0.113.9:1080" }
              - { name: b, type: mixed, listen: "127.0.0.1:1080", tls: { cert: "{{one.CertificateFile}}", key: "{{other.KeyFile}}" } }
            exits: [{ name: wan1, type: direct, address: 203.0.113.9 }]
            """);
        Assert.Equal(["inbounds[0].listen", "inbounds[1].tls"], check.Errors.Select(error => error.Path));
        Assert.All(check.Errors, error => Assert.Equal(ConfigErrorKind.Machine, error.Kind));
        Assert.Equal("MX1012", Assert.Single(check.Warnings).Id);
    }

    [Fact]
    public async Task A_revocation_list_that_cannot_be_used_is_a_fault_and_one_that_has_ended_a_warning()
    {
        using TestPki ca = TestPki.Root(DateTimeOffset.UtcNow), other = TestPki.Root(DateTimeOffset.UtcNow, "Another CA");
        await File.WriteAllTextAsync(_folder["ca.pem"], ca.Pem);
        await File.WriteAllBytesAsync(_folder["other.crl"], other.Revoke(TimeSpan.FromDays(1), []));
        await File.WriteAllBytesAsync(_folder["ended.crl"], ca.Revoke(-TimeSpan.FromDays(1), []));
        ConfigCheck check = await CheckAsync("""
            inbounds:
              - { name: a, type: mixed, listen: "127.0.0.1:0", tls: { self_signed: true, clients: { ca: ca.pem, crl: other.crl } } }
              - { name: b, type: mixed, listen: "127.0.0.1:0", tls: { self_signed: true, clients: { ca: ca.pem, crl: ended.crl } } }
            """);
        ConfigError error = Assert.Single(check.Errors);
        Assert.Equal(("inbounds[0].tls", ConfigErrorKind.Machine), (error.Path, error.Kind));
        Assert.Contains("is of a CA that is not in `ca`", error.Message, StringComparison.Ordinal);
        Assert.Equal("MX1085", Assert.Single(check.Warnings).Id);
    }

    [Fact]
    public async Task A_key_that_can_be_guessed_is_warned_of_and_not_printed()
    {
        ConfigCheck check = await CheckAsync($$"""
            inbounds:
              - name: edge
                type: tunnel
                listen: "127.0.0.1:0"
                tls: { self_signed: true }
                key: ["{{TunnelKey.Generate()}}", your-secret-key-here]
            exits:
              - { name: hub, type: tunnel, server: hub.example, key: your-secret-key-here }
              - { name: far, type: tunnel, server: far.example, key: "{{TunnelKey.Generate()}}" }
            """);
        Assert.Empty(check.Errors);
        Assert.Equal(["MX1022", "MX1022"], check.Warnings.Select(warning => warning.Id));
        Assert.StartsWith("inbound edge: key 2 can plausibly be guessed", check.Warnings[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("exit hub: the key can plausibly be guessed", check.Warnings[1].Message, StringComparison.Ordinal);
        Assert.DoesNotContain(check.Warnings, warning => warning.Message.Contains("your-secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_is_checked_without_the_secrets_and_files_that_it_refers_to()
    {
        string file = Write("""
            inbounds:
              - { name: a, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: { env: NOT_SET_ANYWHERE } } },
                  tls: { cert: none.pem, key: none.key, ech: { key: none.ech } } }
              - { name: b, type: tunnel, listen: "127.0.0.1:0", key: { file: none.key }, tls: { cert: none.pem, key: none.key } }
            exits:
              - { name: corp, type: socks5, server: "socks5s://corp.example:1080", username: u, password: { file: none.txt },
                  tls: { ca: none.pem, ech: { config: { file: none.ech } } } }
            """);
        ConfigResult here = ConfigLoader.LoadFile(file);
        Assert.False(here.IsValid);
        Assert.All(here.Errors, error => Assert.Equal(ConfigErrorKind.Machine, error.Kind));
        Assert.Equal(10, here.Errors.Count);
        ConfigResult text = ConfigLoader.CheckText(file);
        Assert.Empty(text.Errors);
        Assert.True(text.IsValid);
    }

    [Fact]
    public void Secrets_that_are_not_looked_at_are_not_taken_for_one()
    {
        ConfigResult text = ConfigLoader.CheckText(Write("""
            inbounds: [{ name: a, type: http, listen: "127.0.0.1:0", users: { alice: { password: { env: ONE } }, bob: { password: { file: two } } } }]
            """));
        IReadOnlyList<UserConfig> users = text.Config!.Inbounds[0].Users;
        Assert.NotEqual(users[0].Password, users[1].Password);
    }

    [Fact]
    public void A_text_that_is_wrong_everywhere_is_wrong_without_its_machine_too()
    {
        string file = Write("""
            inbounds:
              - { name: a, type: mixd, listen: "127.0.0.1:0" }
              - { name: b, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: { env: "not a name" } } } }
              - { name: c, type: mixed, listen: "127.0.0.1:0", tls: { cert: none.pem } }
            """);
        ConfigResult text = ConfigLoader.CheckText(file);
        Assert.Equal([2, 3, 4], text.Errors.Select(error => error.Line));
        Assert.All(text.Errors, error => Assert.Equal(ConfigErrorKind.Text, error.Kind));
        Assert.Equal([ConfigErrorKind.Text, ConfigErrorKind.Text, ConfigErrorKind.Text, ConfigErrorKind.Machine],
            ConfigLoader.LoadFile(file).Errors.Select(error => error.Kind).Order());
        Assert.Equal(ConfigErrorKind.Machine, Assert.Single(ConfigLoader.CheckText(_folder["gone.yaml"]).Errors).Kind);
    }

    private string Write(string text)
    {
        File.WriteAllText(_folder["edge.yaml"], text);
        return _folder["edge.yaml"];
    }

    private Task<ConfigCheck> CheckAsync(string text)
    {
        string file = Write(text);
        return ConfigCheck.OnThisMachineAsync(ConfigLoader.LoadFile(file), file);
    }
}
