using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Preflight.Checks;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Fleet;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Preflight;

/// <summary>What is said of the store of a fleet before a start.</summary>
public sealed class StoreCheckTests : IDisposable
{
    private readonly MadeUpHost _host = new();
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _store;

    public StoreCheckTests()
    {
        _tables = new MemoryTables(_host.Time);
        _store = new ScriptedStore(_tables, TimeProvider.System);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_server_without_a_fleet_has_nothing_to_check() =>
        Assert.Equal(PreflightStatus.Skipped, Assert.Single(await LookAsync(TestGateway.Mixed())).Status);

    [Fact]
    public async Task A_store_that_is_in_order_is_named_with_the_time_it_took_and_its_version()
    {
        PreflightResult result = Assert.Single(await LookAsync(Config));
        Assert.Equal((PreflightStatus.Ok, "store"), (result.Status, result.Name));
        Assert.Contains("postgres://node@store.example/fleet answers in 0 ms, its tables have version 1", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_does_not_answer_is_an_error_with_what_helps()
    {
        _store.Fails = true;
        PreflightResult result = Assert.Single(await LookAsync(Config));
        Assert.Equal(PreflightStatus.Error, result.Status);
        Assert.Contains("fleet.password", result.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "multiexit store init")]
    [InlineData(9, "install the version")]
    public async Task Tables_of_another_version_are_an_error(int version, string action)
    {
        _tables.Version = version;
        PreflightResult result = Assert.Single(await LookAsync(Config));
        Assert.Equal(PreflightStatus.Error, result.Status);
        Assert.Contains(action, result.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(11, "11 s ahead of that of the store")]
    [InlineData(-60, "60 s behind that of the store")]
    public async Task Clocks_that_differ_are_a_warning(int seconds, string says)
    {
        ManualTimeProvider own = new() { WallOffset = TimeSpan.FromSeconds(seconds) };
        IReadOnlyList<PreflightResult> results = await LookAsync(Config, own);
        Assert.Equal([PreflightStatus.Ok, PreflightStatus.Warning], results.Select(result => result.Status));
        Assert.Contains(says, results[1].Detail, StringComparison.Ordinal);
    }

    private static GatewayConfig Config => TestGateway.Mixed() with
    {
        Fleet = new FleetConfig(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", "a"),
    };

    private async Task<IReadOnlyList<PreflightResult>> LookAsync(GatewayConfig config, TimeProvider? time = null)
    {
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        PreflightContext context = _host.Context(config, transport) with { Store = _ => _store, Time = time ?? _host.Time };
        return await new StoreCheck().LookAsync(context, TestContext.Current.CancellationToken);
    }
}
