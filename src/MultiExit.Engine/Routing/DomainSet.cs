using System.Collections.Frozen;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Routing;

/// <summary>Domains of a rule: <c>example.com</c> is that name alone, <c>.example.com</c> it and every name beneath it.
/// Names are compared in the form of <see cref="HostName"/>. A look-up costs one probe for each label.</summary>
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

    /// <summary>Whether a name, in the form that every destination has, is one of them.</summary>
    public bool Contains(string name)
    {
        ReadOnlySpan<char> rest = name;
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

    // ".example.com" stands for a name after a dot.
    private static string Normalize(string domain)
    {
        bool suffix = domain.StartsWith('.');
        return HostName.TryNormalize(suffix ? domain[1..] : domain, out string? name) ? (suffix ? "." + name : name) : domain;
    }
}
