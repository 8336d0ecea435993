namespace MultiExit.Engine.Multiplexing;

/// <summary>What waits for one reader, to a memory that has to make room. Thread-safe.</summary>
internal interface IUnread
{
    /// <summary>The bytes that wait; 0 also while a limit of ours is what holds the reader back.</summary>
    long Waiting { get; }

    /// <summary>Gives up what waits: a stream ends, for the reader and for the peer, and the log says so; datagrams are dropped.</summary>
    /// <param name="why">Why, in words.</param>
    void GiveUp(string why);
}
