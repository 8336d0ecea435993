using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MultiExit.Engine.Provisioning;

/// <summary>A table of MultiExit as <c>nft -j list table</c> prints it: hooks of chains, then rules as <c>chain: expression</c> in nft's JSON.</summary>
internal static class NftListing
{
    /// <summary>Reads the listing.</summary>
    /// <exception cref="JsonException">It is not the output of nft.</exception>
    public static FirewallState Parse(string json)
    {
        List<string> lines = [], notes = [];
        foreach (JsonNode? item in JsonNode.Parse(json)?["nftables"]?.AsArray() ?? throw new JsonException("no nftables in the listing"))
        {
            if (item?["chain"] is { } chain && chain["hook"] is { } hook)
                lines.Add(Hook((string)chain["name"]!, (string)chain["type"]!, (string)hook!, (int)chain["prio"]!));
            if (item?["rule"] is not { } rule) continue;
            if ((string?)rule["chain"] != NftTable.Notes)
            {
                lines.Add($"{(string)rule["chain"]!}: {rule["expr"]!.ToJsonString()}");
                continue;
            }
            string note = (string?)rule["comment"] ?? "";
            notes.Add(note);
            lines.Add(Note(note));
        }
        (string? owner, IReadOnlyDictionary<string, string> filters) = FirewallNotes.Read(notes);
        return new(lines, owner, filters);
    }

    /// <summary>The line of a chain with a hook.</summary>
    public static string Hook(string chain, string type, string hook, int priority) =>
        string.Create(CultureInfo.InvariantCulture, $"{chain}: type {type} hook {hook} priority {priority}");

    /// <summary>The line of a note.</summary>
    public static string Note(string note) => $"{NftTable.Notes}: {note}";
}
