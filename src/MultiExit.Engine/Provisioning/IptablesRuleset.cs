using System.Text;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>The plan's part in iptables, in the notation of <c>iptables-save</c>, so that its output can be compared with the plan.</summary>
internal static class IptablesRuleset
{
    public const string Prefix = "MULTIEXIT-";

    /// <summary>The chain of <see cref="FirewallNotes"/>.</summary>
    public const string Notes = Prefix + "NOTES";

    private const string Mark = Prefix + "MARK", Guard = Prefix + "GUARD", Snat = Prefix + "SNAT";
    private const string AllBits = "0xffffffff";

    /// <summary>The lines of a table; none when the plan needs nothing there.</summary>
    public static IEnumerable<string> Create(IptablesTable table, SnatPlan plan, IReadOnlyDictionary<string, string> filters)
    {
        SnatExit[] exits = [.. plan.Exits.Where(exit => exit.IsIpv6 == table.IsIpv6)];
        if (table.Name == "nat")
        {
            return Chain(Snat, "POSTROUTING", exits.Where(exit => exit.Address is not null).Select(exit =>
                $"-o {exit.Interface} {Marked(exit.Mark)} -j SNAT --to-source {exit.Address}"));
        }
        return
        [
            .. table.IsIpv6 ? [] : Chain(Notes, null, FirewallNotes.Write(plan.Owner, filters).Select(note => $"-m comment --comment \"{note}\" -j RETURN")),
            // Packets that no socket marked (a reset, for one) follow their connection; a changed mark is routed again.
            .. Chain(Mark, "OUTPUT",
                [.. exits.Select(exit => $"{Marked(exit.Mark)} {Connection(0)} -j CONNMARK --save-mark --nfmask {AllBits} --ctmask {AllBits}"),
                 .. exits.Select(exit => $"{Marked(0)} {Connection(exit.Mark)} -j CONNMARK --restore-mark --nfmask {AllBits} --ctmask {AllBits}")]),
            // Without its route (the interface went down, a rule of another program comes first) a packet would leave by another way, unrewritten.
            .. exits.Length == 0 ? [] : Chain(Guard, "POSTROUTING",
                ["-o lo -j RETURN", .. exits.Select(exit => $"! -o {exit.Interface} {Marked(exit.Mark)} -j DROP")]),
        ];
    }

    /// <summary>The input of <c>iptables-restore --noflush</c> that turns MultiExit's lines of a table into others.</summary>
    /// <param name="table">The table.</param>
    /// <param name="from">The present lines.</param>
    /// <param name="to">The wanted lines.</param>
    /// <param name="first">Whether jumps that are there are made again, so that they come first.</param>
    public static string Change(IptablesTable table, IReadOnlyList<string> from, IReadOnlyList<string> to, bool first = false)
    {
        StringBuilder text = new();
        text.Append($"*{table.Name}\n");
        // A chain that is named is made, or emptied when it is there.
        foreach (string chain in Chains(to)) text.Append($":{chain} - [0:0]\n");
        foreach (string jump in Surplus(Jumps(from), first ? [] : Jumps(to))) text.Append($"-D{jump[2..]}\n");
        string[] leaving = [.. Chains(from).Except(Chains(to), StringComparer.Ordinal)];
        foreach (string chain in leaving) text.Append($"-F {chain}\n");
        foreach (string chain in leaving) text.Append($"-X {chain}\n");
        foreach (string rule in to.Where(IptablesListing.IsRule)) text.Append($"{rule}\n");
        // Before the rules of other programs: the first source NAT that matches counts.
        foreach (string jump in Surplus(Jumps(to), first ? [] : Jumps(from)))
            text.Append($"-I {jump.Split(' ')[1]} 1 {string.Join(' ', jump.Split(' ')[2..])}\n");
        return text.Append("COMMIT\n").ToString();
    }

    private static IEnumerable<string> Chain(string name, string? caller, IEnumerable<string> rules)
    {
        string[] lines = [.. rules.Select(rule => $"-A {name} {rule}")];
        return lines.Length == 0 ? [] : [$":{name}", .. caller is null ? (string[])[] : [$"-A {caller} -j {name}"], .. lines];
    }

    private static string Marked(int mark) => $"-m mark --mark 0x{mark:x}";

    private static string Connection(int mark) => $"-m connmark --mark 0x{mark:x}";

    private static IEnumerable<string> Chains(IEnumerable<string> lines) => lines.Where(line => line[0] == ':').Select(line => line[1..]);

    private static IEnumerable<string> Jumps(IEnumerable<string> lines) => lines.Where(line => line[0] != ':' && !IptablesListing.IsRule(line));

    // Each as often as it stands too often.
    private static List<string> Surplus(IEnumerable<string> lines, IEnumerable<string> others)
    {
        List<string> rest = [.. lines];
        foreach (string line in others) rest.Remove(line);
        return rest;
    }
}
