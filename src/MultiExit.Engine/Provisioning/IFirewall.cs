using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>A firewall program as the place of source NAT. Stateless.</summary>
internal interface IFirewall
{
    /// <summary>The program's name, <c>nftables</c>.</summary>
    string Name { get; }

    /// <summary>What it has of ours, in words.</summary>
    string Place { get; }

    /// <summary>Whether the programs are there that reading needs.</summary>
    bool IsInstalled(ICommandRunner system);

    /// <summary>Reads what is there under our names; null: nothing.</summary>
    /// <exception cref="ProxyException">A program is missing or refuses.</exception>
    Task<FirewallState?> ReadAsync(ICommandRunner system, CancellationToken cancellationToken);

    /// <summary>What <see cref="FirewallState.Lines"/> is when a plan is in place.</summary>
    IReadOnlyList<string> Expected(SnatPlan plan, IReadOnlyDictionary<string, string> filters);

    /// <summary>The steps from what is there to a plan. Each is one transaction; the notes come with the first.</summary>
    IReadOnlyList<SnatStep> ToApply(SnatPlan plan, IReadOnlyDictionary<string, string> filters, FirewallState? present, ICommandRunner system);

    /// <summary>The steps from what is there to nothing; the notes go with the last, which nothing undoes.</summary>
    IReadOnlyList<SnatStep> ToRemove(FirewallState present, ICommandRunner system);
}
