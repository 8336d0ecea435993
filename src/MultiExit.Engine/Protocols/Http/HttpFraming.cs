namespace MultiExit.Engine.Protocols.Http;

/// <summary>The extent of a body.</summary>
/// <param name="Kind">How its end is found.</param>
/// <param name="Length">The length in bytes, for <see cref="HttpBodyKind.Length"/>.</param>
internal readonly record struct HttpFraming(HttpBodyKind Kind, long Length = 0)
{
    public bool IsEmpty => Kind == HttpBodyKind.None || (Kind == HttpBodyKind.Length && Length == 0);
}
