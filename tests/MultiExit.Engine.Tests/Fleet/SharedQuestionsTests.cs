using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Nodes ask each other over the store.</summary>
public sealed class SharedQuestionsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly EngineLog _log = new(LogFactory.Create(new LoggingConfig(), console: false));
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _store;

    public SharedQuestionsTests()
    {
        _tables = new MemoryTables(_time);
        _store = new ScriptedStore(_tables, _time);
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Each_node_answers_a_question_of_one_of_them_and_nothing_of_it_stays_in_the_store()
    {
        await using Node a = await JoinAsync("a"), b = await JoinAsync("b"), c = await JoinAsync("c");
        b.Answers = c.Answers = (question, _) => Task.FromResult(new NodeReply("whatever", NodeAnswerState.Answered) { Body = question.Filter });
        await KnowAsync(a, 3);
        IReadOnlyList<NodeReply> replies = await AskAsync(a, 2, "[7]");
        Assert.Equal(["b Answered [7]", "c Answered [7]"], replies.Select(reply => $"{reply.Node} {reply.State} {reply.Body}"));
        Assert.Empty(_tables.Questions);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_within_5_seconds_is_named_and_a_silent_one_is_not_waited_for()
    {
        await using Node a = await JoinAsync("a"), b = await JoinAsync("b"), late = await JoinAsync("late");
        Node killed = await JoinAsync("killed");
        await killed.KillAsync();
        b.Answers = (_, _) => Task.FromResult(new NodeReply("", NodeAnswerState.Answered));
        late.Way.Fails = true;
        await UntilAsync(() => Of(a, "b") == NodeState.Alive && Of(a, "killed") == NodeState.Silent && Of(a, "late") == NodeState.Silent);
        DateTimeOffset began = _time.GetUtcNow();
        Assert.Equal(["b Answered", "killed Silent", "late Silent"], (await AskAsync(a, 1)).Select(Text));
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        late.Way.Fails = false;
        await UntilAsync(() => Of(a, "b") == NodeState.Alive && Of(a, "late") == NodeState.Alive);
        late.Way.Fails = true;
        began = _time.GetUtcNow();
        IReadOnlyList<NodeReply> replies = await AskAsync(a, 1);
        Assert.Equal(["b Answered", "killed Silent", "late Missing"], replies.Select(Text));
        Assert.Contains("its version is 1.2.3", replies[2].Reason, StringComparison.Ordinal);
        Assert.InRange((_time.GetUtcNow() - began).TotalSeconds, 4.9, 8);
    }

    [Fact]
    public async Task A_node_that_does_not_know_the_question_or_cannot_find_it_out_says_so()
    {
        await using Node a = await JoinAsync("a"), b = await JoinAsync("b"), c = await JoinAsync("c"), slow = await JoinAsync("slow");
        c.Answers = (_, _) => throw new ProxyException(ProxyError.ServerState, "no history\u001b[2J");
        slow.Answers = async (_, _) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            return new NodeReply("", NodeAnswerState.Answered);
        };
        await KnowAsync(a, 4);
        IReadOnlyList<NodeReply> replies = await AskAsync(a, 3, seconds: 3);
        Assert.Equal(["b Unknown", "c Failed", "slow Failed"], replies.Select(Text));
        Assert.Equal(["no history\\u001B[2J", "it was not found out in time"], replies.Skip(1).Select(reply => reply.Reason));
        // Its other works were not kept from running.
        Assert.Empty(slow.Fleet.Warnings);
    }

    [Fact]
    public async Task Of_a_flood_a_node_answers_the_newest_and_so_many_a_second()
    {
        await using Node b = await JoinAsync("b");
        List<string> answered = [];
        b.Answers = (question, _) =>
        {
            lock (answered) answered.Add(question.Filter);
            return Task.FromResult(new NodeReply("", NodeAnswerState.Answered));
        };
        FleetMember flooder = QuestionStoreContract.Member("a");
        IQuestionStore store = new MemoryStore(_tables).Questions;
        b.Way.Fails = true;
        for (int i = 0; i < 500; i++) await store.AskAsync(flooder, new FleetQuestion(Guid.NewGuid(), "sessions", $"{i}"), default);
        b.Way.Fails = false;
        DateTimeOffset began = _time.GetUtcNow();
        await UntilAsync(() => Count() >= 3 * QuestionRate.MaxASecond);
        TimeSpan took = _time.GetUtcNow() - began;
        lock (answered)
        {
            Assert.Equal("499", answered[0]);
            Assert.InRange(answered.Count, 1, QuestionRate.MaxASecond * ((int)took.TotalSeconds + 2));
        }
        int Count()
        {
            lock (answered) return answered.Count;
        }
    }

    [Fact]
    public async Task An_operator_is_told_when_the_store_does_not_answer_and_the_next_question_is_asked()
    {
        await using Node a = await JoinAsync("a"), b = await JoinAsync("b");
        b.Answers = (_, _) => Task.FromResult(new NodeReply("", NodeAnswerState.Answered));
        await KnowAsync(a, 2);
        a.Way.Fails = true;
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => AskAsync(a, 1));
        Assert.Equal(ProxyError.StoreUnreachable, refused.Reason);
        a.Way.Fails = false;
        await UntilAsync(() => a.Fleet.Status.Reachable && Of(a, "b") == NodeState.Alive);
        Assert.Equal(["b Answered"], (await AskAsync(a, 1)).Select(Text));
    }

    [Fact]
    public async Task Of_answers_that_are_too_much_together_some_are_read_and_the_nodes_of_the_others_named()
    {
        MemoryStore store = new(_tables);
        await using Node a = await JoinAsync("a");
        const int count = QuestionRound.MaxRead / NodeReply.MaxBody + 3;
        for (int i = 0; i < count; i++) await store.Nodes.JoinAsync(NodeStoreContract.Node($"n{i}"), 0, default);
        await UntilAsync(() =>
        {
            // They live, however long it takes.
            lock (_tables.Lock)
                foreach (MemoryNode row in _tables.Nodes.Values) row.Seen = _tables.Now;
            return a.Fleet.Status.Nodes.Count(node => node.State == NodeState.Alive) == count + 1;
        });
        NodeReply reply = new("", NodeAnswerState.Answered) { Body = new string(' ', NodeReply.MaxBody) };
        FleetQuestion question = QuestionStoreContract.Question();
        Task<IReadOnlyList<NodeReply>> asking = a.Fleet.AskNodesAsync(question, default);
        await Wait.UntilAsync(() =>
        {
            lock (_tables.Lock) return _tables.Questions.Count == 1;
        });
        for (int i = 0; i < count; i++)
            await store.Questions.AnswerAsync(QuestionStoreContract.Member($"n{i}"), question.Id, reply with { Node = $"n{i}" }, default);
        IReadOnlyList<NodeReply> replies = await QuestionClock.AskAsync(_time, _tables, asking, count);
        Assert.Equal(count - 3, replies.Count(each => each.State == NodeAnswerState.Answered));
        Assert.All(replies.Where(each => each.State != NodeAnswerState.Answered),
            each => Assert.Contains("ask for less", each.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_alone_writes_no_question()
    {
        await using Node a = await JoinAsync("a");
        Assert.Empty(await a.Fleet.AskNodesAsync(QuestionStoreContract.Question(), default));
        Assert.DoesNotContain(("prod", SharedQuestions.Name), _tables.Versions.Keys);
    }

    private static string Text(NodeReply reply) => $"{reply.Node} {reply.State}";

    private static NodeState? Of(Node node, string other) => node.Fleet.Status.Nodes.FirstOrDefault(each => each.Name == other)?.State;

    private Task KnowAsync(Node node, int count) =>
        UntilAsync(() => node.Fleet.Status.Nodes.Count(each => each.State == NodeState.Alive) == count);

    private Task<IReadOnlyList<NodeReply>> AskAsync(Node node, int replies, string filter = "{}", double seconds = 2) => QuestionClock.AskAsync(
        _time, _tables, node.Fleet.AskNodesAsync(new FleetQuestion(Guid.NewGuid(), "sessions", filter), default), replies, seconds);

    private Task UntilAsync(Func<bool> condition) => QuestionClock.UntilAsync(_time, condition);

    private async Task<Node> JoinAsync(string name)
    {
        Node node = new(name, _tables, _log, _time);
        await UntilAsync(() => node.Fleet.Status.Reachable);
        return node;
    }

    private sealed class Node : IAsyncDisposable
    {
        private readonly QuestionPort _port = new();

        public Node(string name, MemoryTables tables, EngineLog log, ManualTimeProvider time)
        {
            Way = new ScriptedStore(tables, time);
            FleetConfig fleet = new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", name);
            Fleet = new FleetNode(fleet, _ => Way, [new SharedQuestions(_port, log, time)], "1.2.3", log, time);
        }

        public ScriptedStore Way { get; }

        public FleetNode Fleet { get; }

        public Func<FleetQuestion, CancellationToken, Task<NodeReply>> Answers
        {
            set => _port.Answer = value;
        }

        // It says no goodbye.
        public Task KillAsync()
        {
            Way.Fails = true;
            return Fleet.DisposeAsync().AsTask();
        }

        public ValueTask DisposeAsync() => Fleet.DisposeAsync();
    }
}
