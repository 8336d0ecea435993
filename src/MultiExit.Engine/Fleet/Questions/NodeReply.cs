using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Questions;

/// <summary>What a node says to a question, as the store has it.</summary>
/// <param name="Node">The node.</param>
/// <param name="State">What became of the question.</param>
internal sealed record NodeReply(string Node, NodeAnswerState State)
{
    /// <summary>The most items of a body.</summary>
    public const int MaxItems = 10_000;

    /// <summary>The most bytes of a body.</summary>
    public const int MaxBody = 2 * 1024 * 1024;

    /// <summary>Why there is none.</summary>
    public string? Reason { get; init; }

    /// <summary>How many items the body had no room for.</summary>
    public int LeftOut { get; init; }

    /// <summary>The items: a JSON list.</summary>
    public string Body { get; init; } = "[]";
}
