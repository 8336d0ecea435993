namespace MultiExit.Engine.Configuration.Reading;

/// <summary>What a reader asked of a document: the schema for editors is made of these.</summary>
/// <param name="Path">The path of the value, whether it is there or not.</param>
/// <param name="Kind">What was expected there.</param>
/// <param name="Detail">The range of a number, the words of a choice; null for others.</param>
internal readonly record struct ReadNote(string Path, ReadKind Kind, object? Detail = null);
