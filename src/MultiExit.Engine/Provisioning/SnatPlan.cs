using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>The rules, routes and settings that a configuration needs. Pure: nothing is read or changed here.</summary>
/// <param name="Owner">The configuration's name.</param>
/// <param name="Backend">The firewall program that it names.</param>
/// <param name="Exits">The exits in order.</param>
/// <param name="Rules">The policy rules.</param>
/// <param name="Routes">The default routes of the tables.</param>
/// <param name="LooseInterfaces">Interfaces whose rp_filter must be 2: answers come in where the main table would not send them out.</param>
internal sealed record SnatPlan(
    string Owner, SnatBackend Backend, IReadOnlyList<SnatExit> Exits, IReadOnlyList<PolicyRule> Rules, IReadOnlyList<PolicyRoute> Routes,
    IReadOnlyList<string> LooseInterfaces)
{
    /// <summary>rp_filter's loose mode: some route back must exist, not one by the same interface (RFC 3704 section 2.4).</summary>
    public const string Loose = "2";

    // Before the main table (32766), behind the local one (0).
    private const int FirstPriority = 10000;

    /// <summary>Makes the plan.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="exits">Its exits.</param>
    /// <param name="isOnHost">Whether an address is on this host.</param>
    public static SnatPlan Create(GatewayConfig config, IReadOnlyList<SnatExit> exits, Func<IPAddress, bool> isOnHost) => new(
        config.Name, config.Snat.Backend, exits,
        [.. exits.Select((exit, index) => new PolicyRule(exit.IsIpv6, FirstPriority + index, exit.Mark, exit.Table))],
        [.. exits.Select(exit => new PolicyRoute(
            exit.IsIpv6, exit.Table, exit.Gateway, exit.Interface, exit.Address is { } address && isOnHost(address) ? address : null))],
        [.. exits.Where(exit => !exit.IsIpv6).Select(exit => exit.Interface).Distinct(StringComparer.Ordinal)]);

    /// <summary>The file that holds an interface's rp_filter.</summary>
    public static string FilterFile(string device) => $"/proc/sys/net/ipv4/conf/{device}/rp_filter";

    /// <summary>The plan as the commands that make it.</summary>
    public IEnumerable<string> Lines(IFirewall firewall, ICommandRunner system) =>
    [
        .. LooseInterfaces.Select(device => $"echo {Loose} > {FilterFile(device)}"),
        .. Rules.Select(rule => rule.ToString()),
        .. Routes.Select(route => route.ToString()),
        .. firewall.ToApply(this, new Dictionary<string, string>(StringComparer.Ordinal), null, system).SelectMany(step => step.Script.Split('\n')),
    ];
}
