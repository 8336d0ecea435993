namespace MultiExit.Engine.Configuration.Ranges;

/// <summary>What the value of a key may be. It stands with the record; documents are read, and records made in code are checked, by it.</summary>
/// <param name="Key">The key.</param>
internal abstract record KeyRange(string Key);
