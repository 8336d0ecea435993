using YamlDotNet.Core;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Where a value stands in a text. Offsets are those of characters.</summary>
/// <param name="Start">Its first character; that of a block mapping is the first of its first key, that of a block list its first dash.</param>
/// <param name="End">The place after its last character; comments and empty lines after it do not belong to it.</param>
/// <param name="Elements">The entries of a mapping, the items of a list; null for a single value.</param>
/// <param name="IsList">Whether it is a list.</param>
/// <param name="IsFlow">Whether a mapping or list is written in braces or brackets.</param>
/// <param name="Style">How a single value is written.</param>
internal sealed record LayoutNode(
    int Start, int End, IReadOnlyList<LayoutElement>? Elements = null, bool IsList = false, bool IsFlow = false, ScalarStyle Style = ScalarStyle.Any);
