namespace MultiExit.Engine.Configuration.Reading;

/// <summary>A value of a document, with its place.</summary>
internal abstract record ConfigNode(SourcePlace Place)
{
    /// <summary>What the value is, for "expected ..., found ...".</summary>
    public abstract string Kind { get; }
}
