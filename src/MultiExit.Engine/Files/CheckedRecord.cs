namespace MultiExit.Engine.Files;

/// <summary>A record that was read.</summary>
/// <param name="State">What was found.</param>
/// <param name="Value">The record; null when there is none.</param>
internal readonly record struct CheckedRecord<T>(CheckedState State, T? Value)
    where T : class;
