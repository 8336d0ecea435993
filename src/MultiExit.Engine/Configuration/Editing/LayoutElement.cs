namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Where an entry of a mapping or an item of a list stands.</summary>
/// <param name="Start">Its first character: that of the key, the dash of a block list, the value of a flow list.</param>
/// <param name="ValueFrom">The place after the colon or the dash, or where the value of a flow list starts.</param>
/// <param name="Value">Its value.</param>
internal sealed record LayoutElement(int Start, int ValueFrom, LayoutNode Value)
{
    /// <summary>The place after its last character.</summary>
    public int End => Value.End;
}
