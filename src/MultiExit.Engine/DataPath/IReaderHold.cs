namespace MultiExit.Engine.DataPath;

/// <summary>How the server's own limits hold back the reader of a connection.</summary>
internal interface IReaderHold
{
    /// <summary>The limit that holds the reader back; readers with an equal one are held back together. Null when none does at present.</summary>
    object? Group { get; }

    /// <summary>Whether the reader was held back at any time since the mark was taken; sets the mark to now.</summary>
    bool HeldSince(ref long mark);
}
