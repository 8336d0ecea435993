namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Ends the reading of a document, or the edit of one, that cannot go on. It never leaves <see cref="NodeComposer"/> and the editor.</summary>
internal sealed class DocumentException(SourcePlace place, string message) : Exception(message)
{
    /// <summary>The place of the fault.</summary>
    public SourcePlace Place { get; } = place;
}
