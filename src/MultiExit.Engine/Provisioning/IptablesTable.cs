namespace MultiExit.Engine.Provisioning;

/// <summary>A table of a family.</summary>
/// <param name="Program"><c>iptables</c> or <c>ip6tables</c>.</param>
/// <param name="Name">The table, <c>nat</c>.</param>
internal sealed record IptablesTable(string Program, string Name)
{
    public bool IsIpv6 => Program == "ip6tables";

    /// <summary>The prefix of its lines among those of all tables.</summary>
    public string Prefix => $"{Program} {Name} ";

    /// <summary>Its lines, without <see cref="Prefix"/>.</summary>
    public IReadOnlyList<string> Own(IEnumerable<string> lines) =>
        [.. lines.Where(line => line.StartsWith(Prefix, StringComparison.Ordinal)).Select(line => line[Prefix.Length..])];
}
