using System.Text.Json;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Control;

namespace MultiExit.Fuzz.Targets;

/// <summary>Edits of single keys, as the control endpoint takes them: the first line is the body of PATCH /config, the rest is the
/// document. Outcomes: a document that is read without errors, errors, or <see cref="FormatException"/> for the body.</summary>
internal static class ConfigEditTarget
{
    public static FuzzTarget Target => new("config-edit", Run)
    {
        Words =
        [
            "{\"set\":{\"", "\":", "}}", "\"remove\":[\"", "exits[wan1].weight", "exits[0]", "limits.users[\\\\\"a.b\\\\\"].quota", ".",
            "[", "]", "null", "{\"a\":[1,{}]}", @"\n", @"\n  ", "- ", ": ", "#c", "\"\\\\ud800\"", "\"\\\\u0000\"", "1e400", @"\r\n"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        int end = input.IndexOf((byte)'\n');
        if (end < 0 || DocumentFile.Decode(input[(end + 1)..]) is not { } document) return;
        ControlRequest request = new("PATCH", "/config", true, null) { Body = input[..end].ToArray() };
        IReadOnlyList<ConfigEdit> edits;
        try
        {
            edits = request.Parse<EditBody>(EditBody.Form).Edits;
        }
        catch (FormatException)
        {
            return;
        }
        ErrorList errors = new("fuzz");
        string? edited = ConfigEditor.Apply(document, edits, errors);
        Claim.Same(edited is null, errors.Count > 0, "errors come without a document");
        if (edited is null) return;
        NodeComposer.Compose(edited, errors);
        Claim.That(errors.Count == 0, "a document that was edited cannot be read");
        foreach (ConfigEdit edit in edits)
            Claim.That(edit.IsRemoval || edit.Value!.Value.ValueKind != JsonValueKind.Undefined, "an edit has no value");
    }
}
