namespace MultiExit.Engine.Provisioning;

/// <summary>iptables and ip6tables, for hosts without nft: chains of our own in the tables mangle and nat, and jumps to them.</summary>
internal sealed class IptablesFirewall : IFirewall
{
    // The notes stand in the first: it is made first and goes last. One iptables-restore is a transaction for one table.
    private static readonly IptablesTable[] Tables = [new("iptables", "mangle"), new("iptables", "nat"), new("ip6tables", "mangle"), new("ip6tables", "nat")];

    public string Name => "iptables";

    public string Place => $"the iptables chains {IptablesRuleset.Prefix}*";

    public bool IsInstalled(ICommandRunner system) => system.Has("iptables-save");

    public async Task<FirewallState?> ReadAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        foreach (string program in Tables.Select(table => table.Program).Distinct(StringComparer.Ordinal))
        {
            // A host without ip6tables has no rules in it either; a plan with IPv6 fails at the step that needs it.
            if (program != Tables[0].Program && !system.Has($"{program}-save")) continue;
            lines.AddRange(IptablesListing.Parse(program, await system.DemandAsync($"{program}-save", [], null, cancellationToken).ConfigureAwait(false)));
        }
        if (lines.Count == 0) return null;
        (string? owner, IReadOnlyDictionary<string, string> filters) = FirewallNotes.Read(lines.Select(IptablesListing.NoteOf).OfType<string>());
        return new(lines, owner, filters);
    }

    public IReadOnlyList<string> Expected(SnatPlan plan, IReadOnlyDictionary<string, string> filters) =>
        [.. Tables.SelectMany(table => IptablesListing.Order(IptablesRuleset.Create(table, plan, filters)).Select(line => table.Prefix + line))];

    public IReadOnlyList<SnatStep> ToApply(
        SnatPlan plan, IReadOnlyDictionary<string, string> filters, FirewallState? present, ICommandRunner system) =>
        Steps(present?.Lines ?? [], Expected(plan, filters), Tables, system);

    public IReadOnlyList<SnatStep> ToRemove(FirewallState present, ICommandRunner system) => Steps(present.Lines, [], Tables.Reverse(), system);

    private static IReadOnlyList<SnatStep> Steps(
        IReadOnlyList<string> from, IReadOnlyList<string> to, IEnumerable<IptablesTable> tables, ICommandRunner system) =>
        [.. tables.Select(table => Step(table, table.Own(from), table.Own(to), system)).OfType<SnatStep>()];

    private static SnatStep? Step(IptablesTable table, IReadOnlyList<string> from, IReadOnlyList<string> to, ICommandRunner system)
    {
        if (from.SequenceEqual(to, StringComparer.Ordinal)) return null;
        string program = $"{table.Program}-restore";
        // Another program may be at it (the lock of xtables): 10 s.
        string[] arguments = ["--noflush", "--wait", "10"];
        string forth = IptablesRuleset.Change(table, from, to), back = IptablesRuleset.Change(table, to, from);
        int rules = to.Count(line => line.StartsWith("-A", StringComparison.Ordinal));
        return new($"{table.Program}: {(rules == 0 ? "our chains leave" : $"{rules} rules in our chains of")} the table {table.Name}",
            token => system.DemandAsync(program, arguments, forth, token), token => system.DemandAsync(program, arguments, back, token))
        {
            Script = $"{program} {string.Join(' ', arguments)} <<EOF\n{forth}EOF",
        };
    }
}
