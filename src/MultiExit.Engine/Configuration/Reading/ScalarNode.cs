namespace MultiExit.Engine.Configuration.Reading;

/// <summary>A single value.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">The value.</param>
/// <param name="IsPlain">Written without quotes: only then it can be null, a number or a flag.</param>
internal sealed record ScalarNode(SourcePlace Place, string Text, bool IsPlain) : ConfigNode(Place)
{
    /// <summary>Nothing written, or <c>null</c>.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : "a single value";

    // The text may be a secret.
    /// <inheritdoc/>
    public override string ToString() => Kind;
}
