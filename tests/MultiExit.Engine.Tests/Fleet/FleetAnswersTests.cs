using System.Net;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What all nodes of a fleet have, asked over one of them, in its process and over its control socket.</summary>
public sealed class FleetAnswersTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryTables _tables;
    private readonly FollowingNode _a;
    private readonly FollowingNode _b;

    public FleetAnswersTests()
    {
        _tables = new MemoryTables(_time);
        _a = new FollowingNode("a", _tables, _time, $"control: {{ socket: \"{_folder["a.sock"]}\" }}\nusers: {{ alice: {{ password: secret }} }}\n");
        _b = new FollowingNode("b", _tables, _time, "users: { alice: { password: secret }, bob: { password: secret } }\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _folder.Dispose();
    }

    [UnixFact]
    public async Task Each_node_says_what_it_has_in_the_process_and_over_the_socket()
    {
        await StartAsync();
        foreach (IServerControl control in (IServerControl[])[_a.Server, new ControlClient(_folder["a.sock"])])
        {
            Assert.Equal(["a: alice", "b: alice, bob"], (await AskAsync(token => control.GetFleetUsersAsync(new FleetQuery(), token)))
                .Select(answer => $"{answer.Node}: {string.Join(", ", answer.Items.Select(user => user.Name).Order(StringComparer.Ordinal))}"));
            Assert.Equal(["a: ", "b: bob"], (await AskAsync(token => control.GetFleetUsersAsync(new FleetQuery { User = "B*" }, token)))
                .Select(answer => $"{answer.Node}: {string.Join(", ", answer.Items.Select(user => user.Name))}"));
            Assert.Equal(["a: 3", "b: 4"], (await AskAsync(token => control.GetFleetExitsAsync(new FleetQuery { Exit = "a" }, token)))
                .Select(answer => $"{answer.Node}: {Assert.Single(answer.Items).Weight}"));
            Assert.Equal(["a", "b"], (await AskAsync(token => control.GetFleetSessionsAsync(new FleetQuery(), token)))
                .Where(answer => answer.State == NodeAnswerState.Answered && answer.Items.Count == 0).Select(answer => answer.Node));
            // Neither keeps a history, which is no error of the question.
            IReadOnlyList<NodeAnswer<TrafficRow>> traffic = await AskAsync(token => control.FindFleetTrafficAsync(new TrafficQuery(), token));
            Assert.All(traffic, answer => Assert.Equal(NodeAnswerState.Failed, answer.State));
            Assert.All(traffic, answer => Assert.Contains("records", answer.Reason, StringComparison.Ordinal));
        }
    }

    [UnixFact]
    public async Task What_is_too_long_is_refused_and_a_server_without_a_fleet_says_so()
    {
        await StartAsync();
        FleetQuery query = new() { User = new string('a', FleetQuery.MaxLength + 1) };
        Assert.Equal(ProxyError.InvalidConfiguration,
            (await Assert.ThrowsAsync<ProxyException>(() => ((IServerControl)_a.Server).GetFleetUsersAsync(query, default))).Reason);
        await Assert.ThrowsAsync<ProxyException>(() => new ControlClient(_folder["a.sock"]).GetFleetUsersAsync(query, default));
        await using TestGateway alone = await TestGateway.StartAsync(TestGateway.Mixed());
        Assert.Equal(ProxyError.ServerState, (await Assert.ThrowsAsync<ProxyException>(
            () => alone.Server.AskNodesAsync(QuestionKinds.Users.Ask(new FleetQuery()), default))).Reason);
    }

    private async Task StartAsync()
    {
        _a.Write(3);
        _b.Write(4);
        await _a.StartAsync();
        await _b.StartAsync();
        await QuestionClock.UntilAsync(_time, () => _a.Server.GetStatus().Fleet!.Nodes.Count(node => node.State == NodeState.Alive) == 2);
    }

    private Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask) => QuestionClock.AskAsync(_time, _tables, ask(default), replies: 1);
}
