namespace MultiExit.Engine.Protocols.Http;

/// <summary>The extent of a body.</summary>
/// <param name="Kind">How its end is found.</param>
/// <param name="Length">The length in bytes, for <see cref="HttpBodyKind.Length"/>.</param>
internal readonly record struct HttpFraming(HttpBodyKind Kind, long Length = 0)
{
    /// <summary>Whether it is the body of a response: servers pad chunk sizes with blanks, and clients know it. In a request the next server might
    /// see another end, so there they are a fault (RFC 9112 section 7.1.1).</summary>
    public bool IsResponse { get; init; }

    public bool IsEmpty => Kind == HttpBodyKind.None || (Kind == HttpBodyKind.Length && Length == 0);
}
