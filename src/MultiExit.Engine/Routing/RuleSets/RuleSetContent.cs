using System.Buffers;
using System.Net;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The entries of a set, made for look-up. Immutable and thread-safe; a look-up allocates nothing.</summary>
/// <param name="domains">The domains.</param>
/// <param name="networks">The networks.</param>
/// <param name="keywords">The parts of names, each with its line.</param>
internal sealed class RuleSetContent(DomainIndex domains, NetworkIndex networks, IReadOnlyList<(string Text, int Line)> keywords)
{
    private readonly SearchValues<string>? _keywords =
        keywords.Count == 0 ? null : SearchValues.Create([.. keywords.Select(keyword => keyword.Text)], StringComparison.OrdinalIgnoreCase);

    public int Domains => domains.Count;

    public int Networks => networks.Count;

    public int Keywords => keywords.Count;

    /// <summary>The bytes that it takes, but for those of keywords.</summary>
    public long Bytes => domains.Bytes + networks.Bytes;

    /// <summary>Whether a name, in the form that every destination has, is in the set.</summary>
    public bool Contains(string name) => domains.Find(name) >= 0 || _keywords is not null && name.AsSpan().ContainsAny(_keywords);

    /// <summary>Whether an address is in one of its networks.</summary>
    public bool Contains(IPAddress address) => networks.LineOf(address) > 0;

    /// <summary>The entry that a name is in, and its line; null: it is in none.</summary>
    public (int Line, string Text)? Find(string name)
    {
        if (domains.Find(name) is >= 0 and var entry) return (domains.LineOf(entry), domains.TextOf(entry));
        foreach ((string text, int line) in keywords)
            if (name.Contains(text, StringComparison.OrdinalIgnoreCase)) return (line, $"keyword:{text}");
        return null;
    }

    /// <summary>The line of the network that an address is in; null: it is in none.</summary>
    public int? Find(IPAddress address) => networks.LineOf(address) is > 0 and var line ? line : null;
}
