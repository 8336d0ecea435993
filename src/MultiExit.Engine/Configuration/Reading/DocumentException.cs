namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Ends the reading of a document that cannot be read further. It never leaves <see cref="NodeComposer"/>.</summary>
internal sealed class DocumentException(SourcePlace place, string message) : Exception(message)
{
    /// <summary>Where.</summary>
    public SourcePlace Place { get; } = place;
}
