namespace MultiExit.Engine.Control;

/// <summary>A body that is written bit by bit, for as long as the client stays.</summary>
/// <param name="write">Writes a part; a client that does not take it in time is cut.</param>
/// <param name="cancellationToken">Canceled when the client has gone, or the endpoint closes.</param>
internal delegate Task AnswerStream(Func<ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellationToken);
