using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests;

/// <summary>A file that a server keeps is its own, and a change that is refused does not take another one.</summary>
public sealed class SharedStoresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Two_servers_have_no_usage_file_in_common()
    {
        GatewayConfig config = Usage("usage.json");
        await using GatewayServer first = await GatewayServer.StartAsync(config);
        await AssertInUseAsync(() => GatewayServer.StartAsync(config));
        await using GatewayServer second = await GatewayServer.StartAsync(Usage("other.json"));
        await AssertInUseAsync(() => second.ReloadAsync(config));
        // The first server gives it back when it does not need it any more.
        await first.ReloadAsync(TestGateway.Mixed());
        await second.ReloadAsync(config);
    }

    [Fact]
    public async Task Two_servers_have_no_state_file_of_a_group_in_common()
    {
        GatewayConfig config = Sticky("g.state");
        await using (await GatewayServer.StartAsync(config)) await AssertInUseAsync(() => GatewayServer.StartAsync(config));
        await using GatewayServer after = await GatewayServer.StartAsync(config);
    }

    [Fact]
    public async Task A_refused_change_leaves_the_usage_file()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(Usage("usage.json"));
        await using GatewayServer other = await GatewayServer.StartAsync(TestGateway.Mixed());
        System.Net.IPEndPoint taken = other.GetStatus().Listeners[0].EndPoint;
        GatewayConfig refused = Usage("refused.json");
        await Assert.ThrowsAsync<ProxyException>(() => server.ReloadAsync(refused with { Inbounds = [refused.Inbounds[0] with { Listen = taken }] }));
        Assert.False(File.Exists(_folder["refused.json"]));
        // Another server may have the refused one, and not the one in use.
        await using GatewayServer free = await GatewayServer.StartAsync(refused);
        await AssertInUseAsync(() => free.ReloadAsync(Usage("usage.json")));
    }

    [Fact]
    public async Task A_state_file_is_not_read_while_another_server_has_it()
    {
        await using GatewayServer first = await GatewayServer.StartAsync(Sticky("g.state"));
        // What it says while the other one may write it is nobody's business.
        File.WriteAllText(_folder["g.state"], "in the middle of a change");
        await AssertInUseAsync(() => GatewayServer.StartAsync(Sticky("g.state")));
    }

    [Fact]
    public async Task A_state_file_is_read_again_by_a_group_that_had_given_it_up()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(Sticky("g.state"));
        await server.ReloadAsync(Sticky(null));
        File.WriteAllText(_folder["g.state"], "of somebody else");
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => server.ReloadAsync(Sticky("g.state")));
        Assert.Contains("it is not such a file", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("other.state")]
    public async Task The_fault_of_a_state_file_goes_with_it(string? next)
    {
        Directory.CreateDirectory(_folder["g.state"]); // it cannot be written there
        await using GatewayServer server = await GatewayServer.StartAsync(Sticky("g.state"));
        Assert.Equal(["MX1020"], server.GetWarnings().Select(warning => warning.Id).Where(id => id == "MX1020"));
        await server.ReloadAsync(Sticky(next));
        Assert.DoesNotContain("MX1020", server.GetWarnings().Select(warning => warning.Id));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        foreach (GatewayConfig config in new[] { Sticky("no/g.state"), Usage("no/usage.json") })
        {
            ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => GatewayServer.StartAsync(config));
            Assert.Contains($"its folder {_folder["no"]} is not there; create it", refused.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private GatewayConfig Sticky(string? state) => TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "a" }],
        Groups = [new GroupConfig { Name = "g", Strategy = GroupStrategy.Sticky, Exits = ["a"], StateFile = state is null ? null : _folder[state] }],
    };

    private GatewayConfig Usage(string name) => TestGateway.Mixed(new LimitsConfig { UsageFile = _folder[name] });

    private static async Task AssertInUseAsync(Func<Task> start)
    {
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(start);
        Assert.Contains("is in use by another server", refused.Message, StringComparison.Ordinal);
    }
}
