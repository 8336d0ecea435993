using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>What an edit does to one place of a document.</summary>
/// <param name="Kind">The kind of change.</param>
/// <param name="Place">The way from the root to the node that is replaced or removed, or that gets an element, by the numbers of elements.</param>
/// <param name="Keys">For an element that is added to a mapping: its key, after the keys of the mappings that are created with it.</param>
/// <param name="Value">The new value; null when something is removed.</param>
internal sealed record EditStep(EditKind Kind, IReadOnlyList<int> Place, IReadOnlyList<string> Keys, ConfigNode? Value);
