namespace MultiExit.Engine.Protocols.Http;

/// <summary>The kind of a run of bytes within a chunked body.</summary>
internal enum HttpChunkPart : byte
{
    /// <summary>Chunk sizes, line ends, trailers: not content.</summary>
    Framing,
    /// <summary>Content.</summary>
    Data,
    /// <summary>Framing whose last byte is the last of the body.</summary>
    End,
    /// <summary>The peer broke the coding.</summary>
    Invalid,
}
