namespace MultiExit.Engine.Records;

/// <summary>Reads the records that a store has written, in the order of their keys, and has to know what that order does not say. Thread-safe.</summary>
internal interface IRecordFollower
{
    /// <summary>Counts the records of a file that were not read yet.</summary>
    long CountLeft(PartitionFile file);

    /// <summary>That many of them are gone, since their file was dropped.</summary>
    void Dropped(long count);

    /// <summary>Keys begin anew, since the clock was set back.</summary>
    /// <param name="key">The first of them, which is written.</param>
    void SetBack(long key);
}
