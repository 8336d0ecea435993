using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Management;
using MultiExit.Engine.Templates;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Templates;

/// <summary>Configurations to begin with: accepted by the loader, without warnings of their own, and they work.</summary>
public sealed class ConfigTemplatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names => [.. ConfigTemplates.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_document_is_valid_where_its_files_are_and_says_what_it_is(string template)
    {
        IReadOnlyList<TemplateFile> files = Make(Request(template));
        Assert.Equal(template is "tunnel-pair" or "ech" ? 2 : 1, files.Count(file => file.IsDocument));
        foreach (TemplateFile document in files.Where(file => file.IsDocument))
        {
            ConfigResult result = ConfigLoader.LoadFile(_folder[document.Name]);
            Assert.True(result.IsValid, $"{document.Name}: {string.Join('\n', result.Errors)}\n{document.Text}");
            Assert.Empty(result.Config.ClearPasswords);
            Assert.StartsWith("# ", document.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("egress-pool")]
    [InlineData("tunnel-pair")]
    [InlineData("gateway")]
    public void A_document_without_files_has_its_secrets_in_it_and_is_valid_alone(string template)
    {
        IReadOnlyList<TemplateFile> files = ConfigTemplates.Make(Request(template));
        Assert.All(files, file =>
        {
            Assert.True(file.IsDocument && file.IsPrivate);
            ConfigResult result = ConfigLoader.Parse(file.Text);
            Assert.True(result.IsValid, string.Join('\n', result.Errors));
        });
    }

    [Fact]
    public void Secrets_are_new_each_time_private_and_in_no_document_beside_their_files()
    {
        TemplateRequest request = Request("egress-pool") with { HasFiles = true };
        TemplateFile[] one = [.. ConfigTemplates.Make(request)], other = [.. ConfigTemplates.Make(request)];
        TemplateFile[] secrets = [.. one.Concat(other).Where(file => !file.IsDocument)];
        Assert.Equal(4, secrets.Select(secret => secret.Text).Distinct(StringComparer.Ordinal).Count());
        Assert.All(secrets, secret => Assert.True(secret.IsPrivate && secret.Text.Trim().Length == 24));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret.Text.Trim(), one.Single(file => file.IsDocument).Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("egress-pool", "Address")]
    [InlineData("tunnel-pair", "Server")]
    [InlineData("ech", "Server PublicName")]
    [InlineData("gateway", "From")]
    public void What_must_be_known_is_asked_for_and_is_an_error_otherwise(string template, string expected)
    {
        TemplateRequest request = new() { Template = template };
        Assert.Equal(expected.Split(' '), ConfigTemplates.Missing(request).Select(question => question.Parameter));
        Assert.Contains($"needs -{expected.Split(' ')[0]}", Fails(request).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_no_configuration_takes_is_an_error_and_breaks_out_of_nothing()
    {
        Assert.NotEmpty(Fails(Request("egress-pool") with { Addresses = ["no address"] }).ConfigErrors);
        Assert.NotEmpty(Fails(Request("egress-pool") with { Addresses = ["192.0.2.1\"]\n    weight: 7 #"] }).ConfigErrors);
        Assert.NotEmpty(Fails(Request("gateway") with { From = ["a b"] }).ConfigErrors);
        Assert.NotEmpty(Fails(Request("egress-pool") with { Users = ["a:b"], HasFiles = true }).ConfigErrors);
        Assert.Contains("-Listen", Fails(Request("gateway") with { Listen = "x\ny" }).Message, StringComparison.Ordinal);
        Assert.Contains("is no server", Fails(Request("tunnel-pair") with { Server = "a\nb:1" }).Message, StringComparison.Ordinal);
        Assert.Contains("public name", Fails(Request("ech") with { PublicName = "a\nb", HasFiles = true }).Message, StringComparison.Ordinal);
        Assert.Contains("-Path", Fails(Request("ech")).Message, StringComparison.Ordinal);
        Assert.Contains("expected egress-pool, tunnel-pair", Fails(Request("other")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_tunnel_pair_carries_a_connection() => CarriesAsync("tunnel-pair");

    [EchFact]
    public Task A_pair_with_ECH_carries_a_connection() => CarriesAsync("ech");

    private async Task CarriesAsync(string template)
    {
        TemplateRequest request = Request(template) with { Server = "localhost:1", Listen = "127.0.0.1:0" };
        Make(request);
        await ReplaceAsync("server.yaml", "listen: \":1\"", "listen: \"127.0.0.1:0\"\n    private_destinations: allow");
        await using ManagedServer server = await StartAsync("server.yaml");
        await ReplaceAsync("client.yaml", "localhost:1", $"localhost:{server.GetStatus().Listeners[0].EndPoint.Port}");
        await using ManagedServer client = await StartAsync("client.yaml");
        await using TestGateway through = new(client.Gateway, Transports.Create(TransportKind.Portable));
        await using EchoTarget target = new();
        await using SocketStream stream = await through.ConnectThroughAsync(target.EndPoint);
        await stream.WriteAsync("ping"u8.ToArray(), TestContext.Current.CancellationToken);
        byte[] answer = new byte[4];
        await stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal("ping"u8, answer);
    }

    private async Task ReplaceAsync(string file, string old, string with)
    {
        string text = await File.ReadAllTextAsync(_folder[file], TestContext.Current.CancellationToken);
        Assert.Contains(old, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder[file], text.Replace(old, with, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    private Task<ManagedServer> StartAsync(string file) => ManagedServer.StartAsync(ConfigLoader.LoadFile(_folder[file]), new ManagedServerOptions());

    private IReadOnlyList<TemplateFile> Make(TemplateRequest request)
    {
        IReadOnlyList<TemplateFile> files = ConfigTemplates.Make(request with { HasFiles = true });
        foreach (TemplateFile file in files) AtomicFile.Write(_folder[file.Name], stream => stream.Write(Encoding.UTF8.GetBytes(file.Text)));
        return files;
    }

    private static ProxyException Fails(TemplateRequest request) => Assert.Throws<ProxyException>(() => ConfigTemplates.Make(request));

    private static TemplateRequest Request(string template) => new()
    {
        Template = template, Server = "hub.example:8443", PublicName = "www.example.com", Addresses = ["192.0.2.1", "198.51.100.0/29"],
        From = ["10.1.0.0/16", "eth1"], Users = ["alice", "b\"o # b"],
    };
}
