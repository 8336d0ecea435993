using System.Text.Json;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Changes parts of a document's text. Comments, order and layout of all else stay as they are.</summary>
/// <remarks>Each edit is checked by reading the text again: it must mean what it meant before, the edit apart, or the edit is refused. So no
/// value, whatever it holds, can change another place, and no unusual layout can mislead.</remarks>
internal static class ConfigEditor
{
    /// <summary>The most edits at a time.</summary>
    public const int MaxEdits = 256;

    private static readonly JsonDocumentOptions StrictJson = new() { MaxDepth = NodeComposer.MaxDepth + 1 };

    /// <summary>Changes a text: values are set in the order given, then keys are removed.</summary>
    /// <param name="text">A document in the native schema, YAML or JSON; JSON stays JSON.</param>
    /// <param name="edits">The edits. A number in a path counts the items of the text as it was given.</param>
    /// <param name="errors">What cannot be done. Then there is no text.</param>
    /// <returns>The new text; it need not be a valid configuration.</returns>
    public static string? Apply(string text, IReadOnlyList<ConfigEdit> edits, ErrorList errors)
    {
        if (edits.Count > MaxEdits)
        {
            errors.Add(new SourcePlace(0, 0, ""), $"{edits.Count} edits at a time; there may be {MaxEdits}");
            return null;
        }
        if (edits.GroupBy(edit => edit.Path, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            errors.Add(new SourcePlace(0, 0, ErrorText.Clean(twice.Key)), "named twice; expected once");
        if (NodeComposer.Compose(text, errors) is null && errors.Count == 0)
            errors.Add(new SourcePlace(1, 1, ""), "the document is empty; there is nothing to edit");
        if (errors.Count > 0) return null;
        bool json = IsJson(text);
        string edited = text;
        foreach (ConfigEdit edit in edits.Where(edit => !edit.IsRemoval)) edited = Try(edited, json, edit, errors);
        foreach (ConfigEdit edit in InTurn(edited, edits.Where(edit => edit.IsRemoval), errors)) edited = Try(edited, json, edit, errors);
        return errors.Count == 0 ? edited : null;
    }

    // From the end to the beginning, so that no item changes its number before its turn.
    private static IEnumerable<ConfigEdit> InTurn(string text, IEnumerable<ConfigEdit> removals, ErrorList errors)
    {
        ConfigNode root = NodeComposer.Compose(text, errors)!;
        List<(ConfigEdit Edit, IReadOnlyList<int> Place)> found = [];
        foreach (ConfigEdit edit in removals)
        {
            try
            {
                found.Add((edit, EditPlan.For(root, edit).Place));
            }
            catch (DocumentException fault)
            {
                errors.Add(fault.Place, fault.Message);
            }
        }
        return found.OrderDescending(Comparer<(ConfigEdit Edit, IReadOnlyList<int> Place)>.Create((a, b) => Compare(a.Place, b.Place)))
            .Select(removal => removal.Edit);
    }

    private static int Compare(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
            if (a[i] != b[i]) return a[i].CompareTo(b[i]);
        return a.Count.CompareTo(b.Count);
    }

    private static string Try(string text, bool json, ConfigEdit edit, ErrorList errors)
    {
        try
        {
            ErrorList unread = new(null);
            ConfigNode before = NodeComposer.Compose(text, unread)!;
            EditStep step = EditPlan.For(before, edit);
            string after = TextEdit.Apply(text, json, step);
            if (NodeComposer.Compose(after, unread) is { } read && unread.Count == 0 && NodeEquality.AreSame(NodeEdit.Apply(before, step), read)
                && (!json || IsJson(after))) return after;
            errors.Add(new SourcePlace(0, 0, edit.Path),
                "it cannot be changed by itself, because of the way the document is written there; change it in the file");
        }
        catch (DocumentException fault)
        {
            errors.Add(fault.Place, fault.Message);
        }
        return text;
    }

    private static bool IsJson(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal)) return false;
        try
        {
            JsonDocument.Parse(text, StrictJson).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
