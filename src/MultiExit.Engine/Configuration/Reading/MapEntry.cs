namespace MultiExit.Engine.Configuration.Reading;

/// <summary>A key and its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="KeyPlace">Where the key stands.</param>
/// <param name="Value">The value.</param>
internal sealed record MapEntry(string Key, SourcePlace KeyPlace, ConfigNode Value);
