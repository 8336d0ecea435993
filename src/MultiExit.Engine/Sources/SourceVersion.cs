namespace MultiExit.Engine.Sources;

/// <summary>A content, and where it comes from.</summary>
/// <param name="Content">The content as it is used.</param>
/// <param name="Label">What is known of it.</param>
internal sealed record SourceVersion<T>(T Content, SourceLabel Label)
{
    public string Sha256 => Label.Sha256;

    public DateTimeOffset Fetched => Label.Fetched;
}
