using MultiExit.Engine.Fleet.Questions;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Questions in memory.</summary>
internal sealed class MemoryQuestions(MemoryStore store) : IQuestionStore
{
    public Task AskAsync(FleetMember member, FleetQuestion question, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            tables.Questions.Add(new MemoryQuestion(member.Fleet, member.Node, question, tables.Now + FleetTimes.QuestionLife));
            return tables.Change(member.Fleet, SharedQuestions.Name);
        },
        cancellationToken);

    public Task<IReadOnlyList<FleetQuestion>> ReadAsync(FleetMember member, int limit, CancellationToken cancellationToken) =>
        store.CallAsync<IReadOnlyList<FleetQuestion>>(
            tables => [.. Live(tables, member.Fleet).Where(row => row.Node != member.Node && !row.Replies.ContainsKey(member.Node)).Reverse().Take(limit)
                .Select(row => row.Question)],
            cancellationToken);

    public Task AnswerAsync(FleetMember member, Guid question, NodeReply reply, CancellationToken cancellationToken) => store.CallAsync(
        tables => Live(tables, member.Fleet).FirstOrDefault(row => row.Question.Id == question)?.Replies.TryAdd(member.Node, reply), cancellationToken);

    public Task<IReadOnlyList<NodeReply>> CollectAsync(
        FleetMember member, Guid question, IReadOnlyCollection<string> nodes, CancellationToken cancellationToken) =>
        store.CallAsync<IReadOnlyList<NodeReply>>(
            tables => [.. Live(tables, member.Fleet).Where(row => row.Question.Id == question).SelectMany(row => row.Replies.Values)
                .Where(reply => nodes.Contains(reply.Node, StringComparer.Ordinal))],
            cancellationToken);

    public Task DropAsync(FleetMember member, Guid question, CancellationToken cancellationToken) => store.CallAsync(
        tables => tables.Questions.RemoveAll(row => row.Fleet == member.Fleet && row.Question.Id == question), cancellationToken);

    public Task CleanAsync(string fleet, CancellationToken cancellationToken) => store.CallAsync(
        tables => tables.Questions.RemoveAll(row => row.Fleet == fleet && row.Expires <= tables.Now), cancellationToken);

    private static IEnumerable<MemoryQuestion> Live(MemoryTables tables, string fleet) =>
        tables.Questions.Where(row => row.Fleet == fleet && row.Expires > tables.Now);
}
