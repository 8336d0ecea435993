namespace MultiExit.Engine.Configuration.Reading;

/// <summary>A list of values.</summary>
internal sealed record ListNode(SourcePlace Place, IReadOnlyList<ConfigNode> Items) : ConfigNode(Place)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}
