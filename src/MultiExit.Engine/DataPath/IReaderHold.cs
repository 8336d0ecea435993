namespace MultiExit.Engine.DataPath;

/// <summary>How limits of our own hold back whoever reads a connection.</summary>
internal interface IReaderHold
{
    /// <summary>Those with an equal one are held back together; null: nothing holds the reader back at present.</summary>
    object? Group { get; }

    /// <summary>Whether the reader was held back at any time since the mark was taken; takes it anew.</summary>
    bool HeldSince(ref long mark);
}
