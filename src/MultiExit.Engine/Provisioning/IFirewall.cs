using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>A firewall program as the place of source NAT. Stateless.</summary>
internal interface IFirewall
{
    /// <summary>The program's name, <c>nftables</c>.</summary>
    string Name { get; }

    /// <summary>The part of its rules that belongs to MultiExit, for messages.</summary>
    string Place { get; }

    /// <summary>Whether the programs that reading needs are installed.</summary>
    bool IsInstalled(ICommandRunner system);

    /// <summary>Reads the rules under MultiExit's names; null: there are none.</summary>
    /// <exception cref="ProxyException">A program is missing or refuses.</exception>
    Task<FirewallState?> ReadAsync(ICommandRunner system, CancellationToken cancellationToken);

    /// <summary>The value of <see cref="FirewallState.Lines"/> when a plan is in place.</summary>
    IReadOnlyList<string> Expected(SnatPlan plan, IReadOnlyDictionary<string, string> filters);

    /// <summary>The steps from the present rules to a plan. Each is one transaction; the notes come with the first.</summary>
    IReadOnlyList<SetupStep> ToApply(SnatPlan plan, IReadOnlyDictionary<string, string> filters, FirewallState? present, ICommandRunner system);

    /// <summary>The steps from the present rules to none; the notes are removed with the last step, which nothing undoes.</summary>
    IReadOnlyList<SetupStep> ToRemove(FirewallState present, ICommandRunner system);
}
