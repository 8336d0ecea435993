using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The body of <c>PATCH /config</c>.</summary>
/// <param name="Set">Paths and their new values.</param>
/// <param name="Remove">Paths to remove.</param>
/// <param name="ConfirmWithin">The change is rolled back unless it is confirmed within this time; null: it stays.</param>
/// <param name="Probe">A destination that has to be reached through the new configuration; null: none.</param>
/// <param name="Check">Whether to report only what would change.</param>
/// <param name="Message">What the change is for; null: nothing is said.</param>
/// <param name="Local">Whether a node of a fleet is changed alone, and follows its fleet no longer.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record EditBody(
    IReadOnlyDictionary<string, JsonElement>? Set = null, IReadOnlyList<string>? Remove = null, TimeSpan? ConfirmWithin = null, Destination? Probe = null,
    bool Check = false, string? Message = null, bool Local = false)
{
    public const string Form =
        "{ \"set\": { path: value }, \"remove\": [path], \"confirm_within\": seconds, \"probe\": \"host:port\", \"message\": text, "
        + "\"check\": true or false, \"local\": true or false }, "
        + "each path once, at least one, such as exits[wan1].weight";

    /// <summary>The edits.</summary>
    /// <exception cref="FormatException">There is none, or the text of one is not a valid path.</exception>
    [JsonIgnore]
    public IReadOnlyList<ConfigEdit> Edits
    {
        get
        {
            string[] paths = [.. Set?.Keys ?? [], .. Remove ?? []];
            if (paths.Length == 0 || paths.Any(string.IsNullOrEmpty)) throw ControlRequest.Invalid(Form);
            return [.. (Set ?? EmptySet).Select(edit => ConfigEdit.Set(edit.Key, edit.Value)), .. (Remove ?? []).Select(ConfigEdit.Remove)];
        }
    }

    private static Dictionary<string, JsonElement> EmptySet => [];

    public static EditBody Of(IReadOnlyList<ConfigEdit> edits, ConfigRequest request, bool check = false) => new(
        edits.Where(edit => !edit.IsRemoval).ToDictionary(edit => edit.Path, edit => edit.Value!.Value, StringComparer.Ordinal),
        [.. edits.Where(edit => edit.IsRemoval).Select(edit => edit.Path)], request.ConfirmWithin, request.Probe, check, request.Message, request.Local);

    // The values may be secrets.
    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Edits);
}
