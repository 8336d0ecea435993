namespace MultiExit.Engine.Status;

/// <summary>What a node of a fleet has, or why that is not known.</summary>
/// <param name="Node">The node.</param>
/// <param name="State">What became of the question.</param>
/// <param name="Items">What it has; none where it has not answered.</param>
/// <typeparam name="T">What was asked for.</typeparam>
public sealed record NodeAnswer<T>(string Node, NodeAnswerState State, IReadOnlyList<T> Items)
{
    /// <summary>Why it has not answered, as a sentence; null: it has.</summary>
    public string? Reason { get; init; }

    /// <summary>How many the answer had no room for.</summary>
    public int LeftOut { get; init; }
}
