namespace MultiExit.Engine.Configuration.Ranges;

/// <summary>The range of a key's value. It stands with the record; documents are read, and records made in code are checked, by it.</summary>
/// <param name="Key">The key.</param>
internal abstract record KeyRange(string Key);
