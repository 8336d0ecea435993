namespace MultiExit.Engine.Transport;

/// <summary>What a read came to. A connection that broke is a result here: many clients end theirs by a reset, and an exception costs more than
/// the rest of a short session.</summary>
/// <param name="Count">The bytes that were read; 0 at the end of the direction, or for an empty buffer.</param>
/// <param name="Failure">Why the connection broke, as an exception that nobody has thrown; null while it has not.</param>
internal readonly record struct StreamRead(int Count, Exception? Failure = null)
{
    /// <summary>The count.</summary>
    /// <exception cref="Exception">The connection broke.</exception>
    public int CountOrThrow() => Failure is null ? Count : throw Failure;
}
