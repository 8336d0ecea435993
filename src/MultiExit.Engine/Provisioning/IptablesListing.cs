using System.Net;

namespace MultiExit.Engine.Provisioning;

/// <summary>MultiExit's part of the output of <c>iptables-save</c>: <c>:CHAIN</c>, rules of its chains, and the plain jumps to them.</summary>
internal static class IptablesListing
{
    private const string Rule = "-A " + IptablesRuleset.Prefix;
    private const string NoteStart = "-A " + IptablesRuleset.Notes + " -m comment --comment ";

    /// <summary>MultiExit's lines of all tables, each after its <see cref="IptablesTable.Prefix"/>.</summary>
    public static IEnumerable<string> Parse(string program, string listing)
    {
        SortedDictionary<string, List<string>> tables = new(StringComparer.Ordinal);
        List<string>? lines = null;
        foreach (string line in listing.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith('*')) tables[line[1..]] = lines = [];
            else if (line.StartsWith(":" + IptablesRuleset.Prefix, StringComparison.Ordinal)) lines?.Add(line.Split(' ')[0]);
            else if (IsRule(line) || IsJump(line)) lines?.Add(line);
        }
        return tables.SelectMany(table => Order(table.Value).Select(line => $"{program} {table.Key} {line}"));
    }

    /// <summary>The rules of other programs before MultiExit's jump in POSTROUTING of the table nat, as far as they may match packets of
    /// exits.</summary>
    public static IEnumerable<OtherNat> Before(string program, string listing)
    {
        List<OtherNat> found = [];
        bool isNat = false;
        foreach (string line in listing.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith('*')) isNat = line == "*nat";
            if (!isNat || !line.StartsWith("-A POSTROUTING ", StringComparison.Ordinal)) continue;
            if (IsJump(line)) return found;
            if (Other(program, line) is { } other) found.Add(other);
        }
        // Without a jump there is nothing to come before.
        return [];
    }

    /// <summary>Whether a line is a rule of one of MultiExit's chains.</summary>
    public static bool IsRule(string line) => line.StartsWith(Rule, StringComparison.Ordinal);

    /// <summary>The order that comparisons need: iptables lists chains by age or by name. The order within a chain stays.</summary>
    public static IEnumerable<string> Order(IEnumerable<string> lines) => lines.OrderBy(line => line.Split(' ') switch
    {
        [var chain] => "0" + chain,
        [_, var chain, ..] => "1" + chain,
        _ => "2",
    }, StringComparer.Ordinal);

    /// <summary>The note on a line of the first table; null when the line is not a note.</summary>
    public static string? NoteOf(string line)
    {
        int start = line.IndexOf(NoteStart, StringComparison.Ordinal);
        return start < 0 ? null : line[(start + NoteStart.Length)..].Replace(" -j RETURN", "", StringComparison.Ordinal).Trim('"');
    }

    private static OtherNat? Other(string program, string line)
    {
        string[] words = line.Split(' ');
        OtherNat other = new($"the {program} rule `{line}` of the table nat", program == "ip6tables") { CanBePassed = true };
        bool ends = false;
        for (int i = 2; i + 1 < words.Length; i++)
        {
            bool negated = words[i - 1] == "!";
            if (words[i] == "-o" && !negated && !words[i + 1].EndsWith('+')) other = other with { Interface = words[i + 1] };
            else if (words[i] == "-s" && !negated && IPNetwork.TryParse(words[i + 1], out IPNetwork source)) other = other with { Source = source };
            else if (words[i] is "-j" or "-g") ends = words[i + 1] is not ("LOG" or "NFLOG" or "MARK" or "CONNMARK");
        }
        return ends ? other : null;
    }

    private static bool IsJump(string line) => line.Split(' ') is ["-A", _, "-j", var target]
        && target.StartsWith(IptablesRuleset.Prefix, StringComparison.Ordinal);
}
