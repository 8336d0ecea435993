using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>iptables and ip6tables, for hosts without nft: MultiExit's own chains in the tables mangle and nat, and jumps to them.</summary>
internal sealed class IptablesFirewall : IFirewall
{
    // The priority of iptables' table nat in POSTROUTING.
    private const int NatPriority = 100;

    // The notes stand in the first: it is made first and removed last. One iptables-restore is a transaction for one table.
    private static readonly IptablesTable[] Tables = [new("iptables", "mangle"), new("iptables", "nat"), new("ip6tables", "mangle"), new("ip6tables", "nat")];

    public string Name => "iptables";

    public string Place => $"the iptables chains {IptablesRuleset.Prefix}*";

    public bool IsInstalled(ICommandRunner system) => system.Has("iptables-save");

    public async Task<FirewallState?> ReadAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        List<OtherNat> before = [];
        foreach (string program in Tables.Select(table => table.Program).Distinct(StringComparer.Ordinal))
        {
            // A host without ip6tables has no rules in it either; a plan with IPv6 fails at the step that needs it.
            if (program != Tables[0].Program && !system.Has($"{program}-save")) continue;
            string listing = await system.DemandAsync($"{program}-save", [], null, cancellationToken).ConfigureAwait(false);
            lines.AddRange(IptablesListing.Parse(program, listing));
            before.AddRange(IptablesListing.Before(program, listing));
        }
        if (lines.Count == 0) return null;
        before.AddRange(await ReadChainsAsync(system, cancellationToken).ConfigureAwait(false));
        (string? owner, IReadOnlyDictionary<string, string> filters) = FirewallNotes.Read(lines.Select(IptablesListing.NoteOf).OfType<string>());
        return new(lines, owner, filters) { Before = before };
    }

    // Without nft, or where nft reports nothing, there are no chains of nftables: the set-up does not need it.
    private static async Task<IReadOnlyList<OtherNat>> ReadChainsAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        if (!system.Has("nft")) return [];
        CommandResult result = await system.RunAsync("nft", NftChains.List, null, cancellationToken).ConfigureAwait(false);
        // iptables itself may be built on nftables.
        return result.ExitCode == 0 ? NftChains.Before(result.Output, NatPriority, (family, table) => family is "ip" or "ip6" && table == "nat") : [];
    }

    public IReadOnlyList<string> Expected(SnatPlan plan, IReadOnlyDictionary<string, string> filters) =>
        [.. Tables.SelectMany(table => IptablesListing.Order(IptablesRuleset.Create(table, plan, filters)).Select(line => table.Prefix + line))];

    public IReadOnlyList<SetupStep> ToApply(
        SnatPlan plan, IReadOnlyDictionary<string, string> filters, FirewallState? present, ICommandRunner system) =>
        Steps(present?.Lines ?? [], Expected(plan, filters), Tables, system, table => table.Name == "nat" && present is not null
            && present.Overtaking(plan, system).Any(overtaking => overtaking.Other.CanBePassed && overtaking.Other.IsIpv6 == table.IsIpv6));

    public IReadOnlyList<SetupStep> ToRemove(FirewallState present, ICommandRunner system) => Steps(present.Lines, [], Tables.Reverse(), system, _ => false);

    private static IReadOnlyList<SetupStep> Steps(
        IReadOnlyList<string> from, IReadOnlyList<string> to, IEnumerable<IptablesTable> tables, ICommandRunner system,
        Func<IptablesTable, bool> isOvertaken) =>
        [.. tables.Select(table => Step(table, table.Own(from), table.Own(to), isOvertaken(table), system)).OfType<SetupStep>()];

    private static SetupStep? Step(IptablesTable table, IReadOnlyList<string> from, IReadOnlyList<string> to, bool isOvertaken, ICommandRunner system)
    {
        if (!isOvertaken && from.SequenceEqual(to, StringComparer.Ordinal)) return null;
        string program = $"{table.Program}-restore";
        // Another program may be changing the rules (the lock of xtables): 10 s.
        string[] arguments = ["--noflush", "--wait", "10"];
        string forth = IptablesRuleset.Change(table, from, to, isOvertaken), back = IptablesRuleset.Change(table, to, from);
        int rules = to.Count(line => line.StartsWith("-A", StringComparison.Ordinal));
        return new($"{table.Program}: {(rules == 0 ? "our chains leave" : $"{CountText.Of(rules, "rule")} in our chains of")} the table {table.Name}",
            token => system.DemandAsync(program, arguments, forth, token), token => system.DemandAsync(program, arguments, back, token))
        {
            Script = $"{program} {string.Join(' ', arguments)} <<EOF\n{forth}EOF",
        };
    }
}
