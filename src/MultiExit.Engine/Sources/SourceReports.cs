namespace MultiExit.Engine.Sources;

/// <summary>Where it is told what happens to the sources of one kind.</summary>
/// <param name="Loaded">A content is in force.</param>
/// <param name="Failed">The source cannot be had, and why; it could until now.</param>
/// <param name="Back">It can be had again, after so long.</param>
/// <param name="StoreId">The id of the message that a content cannot be kept.</param>
internal sealed record SourceReports<T>(Action<Sourced<T>, T> Loaded, Action<Sourced<T>, string> Failed, Action<Sourced<T>, TimeSpan> Back, string StoreId)
    where T : class;
