using System.Collections.Frozen;
using System.Globalization;

namespace MultiExit.Engine.Routing;

/// <summary>Domains of a rule: <c>example.com</c> is that name alone, <c>.example.com</c> it and every name beneath it.
/// Case and a trailing dot do not count. A look-up costs one probe for each label.</summary>
internal sealed class DomainSet
{
    private readonly FrozenSet<string> _exact;
    private readonly FrozenSet<string> _suffixes;

    public DomainSet(IEnumerable<string> domains)
    {
        List<string> exact = [];
        List<string> suffixes = [];
        foreach (string domain in domains)
        {
            string name = Normalize(domain);
            if (name is ['.', .. string rest]) suffixes.Add(rest);
            else exact.Add(name);
        }
        _exact = exact.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _suffixes = suffixes.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    public bool Contains(string name)
    {
        ReadOnlySpan<char> rest = Normalize(name);
        if (_exact.Count > 0 && _exact.GetAlternateLookup<ReadOnlySpan<char>>().Contains(rest)) return true;
        if (_suffixes.Count == 0) return false;
        FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> suffixes = _suffixes.GetAlternateLookup<ReadOnlySpan<char>>();
        while (true)
        {
            if (suffixes.Contains(rest)) return true;
            int dot = rest.IndexOf('.');
            if (dot < 0) return false;
            rest = rest[(dot + 1)..];
        }
    }

    // A name outside ASCII is compared in the form that goes over the wire (RFC 5891).
    private static string Normalize(string name)
    {
        string bare = name.EndsWith('.') ? name[..^1] : name;
        if (System.Text.Ascii.IsValid(bare)) return bare;
        bool suffix = bare.StartsWith('.');
        try
        {
            string ascii = new IdnMapping().GetAscii(suffix ? bare[1..] : bare);
            return suffix ? "." + ascii : ascii;
        }
        catch (ArgumentException)
        {
            return bare;
        }
    }
}
