using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet.Questions;

/// <summary>The questions that nodes ask each other, and what they say to them. Both are gone after a minute, by the store's clock.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface IQuestionStore
{
    /// <summary>Asks the other nodes.</summary>
    Task AskAsync(FleetMember member, FleetQuestion question, CancellationToken cancellationToken);

    /// <summary>The questions of others that this node has not answered, newest first.</summary>
    /// <param name="member">This node.</param>
    /// <param name="limit">The most of them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<FleetQuestion>> ReadAsync(FleetMember member, int limit, CancellationToken cancellationToken);

    /// <summary>Answers a question; nothing when nobody waits for it any more. The first answer of a node holds.</summary>
    Task AnswerAsync(FleetMember member, Guid question, NodeReply reply, CancellationToken cancellationToken);

    /// <summary>What nodes have said to a question, some of it where it is much.</summary>
    /// <param name="member">This node.</param>
    /// <param name="question">The question.</param>
    /// <param name="nodes">The nodes that are meant; what others say is not read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<NodeReply>> CollectAsync(
        FleetMember member, Guid question, IReadOnlyCollection<string> nodes, CancellationToken cancellationToken);

    /// <summary>Takes a question back, with what was said to it.</summary>
    Task DropAsync(FleetMember member, Guid question, CancellationToken cancellationToken);

    /// <summary>Deletes what has expired.</summary>
    Task CleanAsync(string fleet, CancellationToken cancellationToken);
}
