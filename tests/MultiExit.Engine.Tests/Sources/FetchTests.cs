using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Routing.RuleSets;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sources;

/// <summary>What a server does where the server of a list answers slowly, in part, or sends it elsewhere.</summary>
public sealed class FetchTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ListServer _list = new("a.example\n");
    private readonly ManualTimeProvider _time = new();
    private TestGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await TestGateway.StartAsync(
        TestGateway.Mixed() with { Sets = [new RuleSetConfig("partners") { Url = new Secret(_list.Url.ToString()), State = _folder["kept"] }] },
        new GatewayOptions { Time = _time });

    [Fact]
    public async Task A_redirection_is_followed()
    {
        using ListServer other = new("b.example\nc.example\n");
        (_list.Status, _list.Location) = ("302 Found", other.Url.ToString());
        RuleSetStatus set = await _gateway.Server.UpdateRuleSetAsync("partners");
        Assert.Equal((RuleSetState.Current, 2), (set.State, set.Domains));
    }

    [Fact]
    public async Task A_redirection_that_goes_round_ends_after_three()
    {
        (_list.Status, _list.Location) = ("302 Found", _list.Url.ToString());
        int before = _list.Requests.Count;
        Assert.Equal("the server answered 302", (await _gateway.Server.UpdateRuleSetAsync("partners")).Problem);
        Assert.Equal(4, _list.Requests.Count - before);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_half_a_minute()
    {
        _list.Hangs = true;
        await RunsOutAsync();
    }

    [Fact]
    public async Task A_server_that_stops_in_the_middle_is_given_half_a_minute_for_each_piece()
    {
        _list.Stalls = true;
        await RunsOutAsync();
    }

    [Fact]
    public async Task An_answer_that_ends_too_soon_is_refused()
    {
        _list.Claims = 1000;
        RuleSetStatus set = await _gateway.Server.UpdateRuleSetAsync("partners");
        Assert.Equal((RuleSetState.Stale, 1), (set.State, set.Domains));
    }

    [Fact]
    public async Task A_server_that_is_gone_is_told_with_the_reason()
    {
        _list.Dispose();
        Assert.Contains("refused", (await _gateway.Server.UpdateRuleSetAsync("partners")).Problem, StringComparison.OrdinalIgnoreCase);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _list.Dispose();
        _folder.Dispose();
    }

    private async Task RunsOutAsync()
    {
        int before = _list.Requests.Count;
        Task<RuleSetStatus> update = _gateway.Server.UpdateRuleSetAsync("partners");
        await Wait.UntilAsync(() => _list.Requests.Count > before);
        while (!update.IsCompleted)
        {
            // The piece that came may have moved the deadline.
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAny(update, Task.Delay(10, TestContext.Current.CancellationToken));
        }
        RuleSetStatus set = await update;
        Assert.Equal((RuleSetState.Stale, 1), (set.State, set.Domains));
        Assert.StartsWith("no answer within 30 s", set.Problem, StringComparison.Ordinal);
    }
}
