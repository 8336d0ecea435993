namespace MultiExit.Engine.Protocols.Http;

/// <summary>How the end of a body is found (RFC 9112 section 6.3).</summary>
internal enum HttpBodyKind : byte
{
    None,
    Length,
    Chunked,
    UntilClose,
}
