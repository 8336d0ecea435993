namespace MultiExit.Engine.Sources;

/// <summary>What is known of a content of a set; kept before it on disk.</summary>
/// <param name="Source">Which source and format it is of, as a hash: a URL may be a secret.</param>
/// <param name="Sha256">The hash of the content.</param>
/// <param name="Fetched">When it was read from its source.</param>
internal sealed record SourceLabel(string Source, string Sha256, DateTimeOffset Fetched)
{
    /// <summary>The field <c>ETag</c> of the answer that had it (RFC 9110 section 8.8.3); null for none.</summary>
    public string? ETag { get; init; }

    /// <summary>The field <c>Last-Modified</c>; null for none.</summary>
    public DateTimeOffset? LastModified { get; init; }
}
