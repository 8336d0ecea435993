namespace MultiExit.Soak.Targets;

/// <summary>What a client has a target do. Patterns of the client have the order's seed, those of the target the next one.</summary>
internal enum Verb : byte
{
    /// <summary>All bytes come back, until the client ends.</summary>
    Echo = 1,

    /// <summary>The target sends, and ends.</summary>
    Down,

    /// <summary>The client sends, and one byte says that all of it was right.</summary>
    Up,

    /// <summary>Both send at once.</summary>
    Both,

    /// <summary>The client sends and ends its direction; only then does the target answer.</summary>
    Answer,

    /// <summary>The target sends and ends its direction at once; only then does the client send.</summary>
    EndFirst,

    /// <summary>The target sends, and breaks the connection.</summary>
    Reset,

    /// <summary>The target sends, with a pause of some seconds in the middle.</summary>
    Pause,
}
