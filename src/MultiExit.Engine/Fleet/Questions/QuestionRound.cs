using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Questions;

/// <summary>Asks all other nodes of a fleet, and waits for what they say.</summary>
internal static class QuestionRound
{
    /// <summary>The most characters that are read of all nodes together.</summary>
    public const int MaxRead = 32 * 1024 * 1024;

    /// <summary>How long it is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Answers are not announced, since one node alone waits for them: it looks, more and more rarely.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100), LastLook = TimeSpan.FromMilliseconds(400);

    /// <summary>Asks a question.</summary>
    /// <returns>What became of it on each node but this one and those that have left, by their names.</returns>
    public static async Task<IReadOnlyList<NodeReply>> AskAsync(
        IFleetStore store, FleetMember member, FleetQuestion question, TimeProvider time, CancellationToken cancellationToken)
    {
        NodeStatus[] others = [.. member.Nodes.Where(node => node.Name != member.Node && node.State != NodeState.Left)];
        Dictionary<string, NodeReply> replies = new(StringComparer.Ordinal);
        string? cut = null;
        if (others.Any(node => node.State == NodeState.Alive))
        {
            await store.Questions.AskAsync(member, question, cancellationToken).ConfigureAwait(false);
            try
            {
                cut = await CollectAsync(store, member, question, others, replies, time, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await ForgetAsync(store, member, question).ConfigureAwait(false);
            }
        }
        return [.. others.Select(node => replies.GetValueOrDefault(node.Name) ?? MissingOf(node, cut))];
    }

    private static async Task<string?> CollectAsync(
        IFleetStore store, FleetMember member, FleetQuestion question, NodeStatus[] others, Dictionary<string, NodeReply> replies, TimeProvider time,
        CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp(), read = 0;
        for (TimeSpan look = FirstLook; ; look = look * 2 < LastLook ? look * 2 : LastLook)
        {
            await Task.Delay(look, time, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<NodeReply> some;
            do
            {
                string[] open = [.. others.Select(node => node.Name).Where(name => !replies.ContainsKey(name))];
                some = await store.Questions.CollectAsync(member, question.Id, open, cancellationToken).ConfigureAwait(false);
                foreach (NodeReply reply in some)
                {
                    read += reply.Body.Length;
                    if (read > MaxRead) return "the answers of the other nodes are too much; ask for less";
                    replies[reply.Node] = reply;
                }
            }
            while (some.Count > 0 && replies.Count < others.Length);
            bool hasAll = others.All(node => node.State != NodeState.Alive || replies.ContainsKey(node.Name));
            if (hasAll || time.GetElapsedTime(began) >= Patience) return null;
        }
    }

    // What is left in the store is gone within a minute by itself.
    private static async Task ForgetAsync(IFleetStore store, FleetMember member, FleetQuestion question)
    {
        try
        {
            using CancellationTokenSource over = new(FleetTimes.Goodbye);
            await store.Questions.DropAsync(member, question.Id, over.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is Errors.ProxyException or OperationCanceledException)
        {
        }
    }

    private static NodeReply MissingOf(NodeStatus node, string? cut) => node.State == NodeState.Alive
        ? new NodeReply(node.Name, NodeAnswerState.Missing)
        {
            Reason = cut ?? $"it has not answered within {Patience.TotalSeconds} s; its version is {node.Version}",
        }
        : new NodeReply(node.Name, NodeAnswerState.Silent) { Reason = "it is silent, and was not waited for" };
}
