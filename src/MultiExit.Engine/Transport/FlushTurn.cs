namespace MultiExit.Engine.Transport;

/// <summary>Who writes the bytes that a sender has put into a <see cref="GatheringWriter"/>, and when.</summary>
internal enum FlushTurn
{
    /// <summary>Another sender, which has the stream.</summary>
    None,

    /// <summary>This sender, at once.</summary>
    Now,

    /// <summary>This sender, after the events that its reactor has at hand.</summary>
    Later,
}
