namespace MultiExit.Engine.Inbounds.Http;

/// <summary>How the reading of a body ended.</summary>
internal enum HttpBodyOutcome : byte
{
    /// <summary>With its last byte.</summary>
    Complete,
    /// <summary>The sender closed or broke the connection before that.</summary>
    SourceEnded,
    /// <summary>The sender broke the chunked coding.</summary>
    SourceInvalid,
}
