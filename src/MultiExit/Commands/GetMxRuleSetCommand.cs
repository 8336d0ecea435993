using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxRuleSet: the rule sets of running servers.</summary>
[Cmdlet(VerbsCommon.Get, "MxRuleSet")]
[OutputType(typeof(MxRuleSet))]
public sealed class GetMxRuleSetCommand : RuleSetCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, RuleSetStatus set) in FindSets()) WriteObject(new MxRuleSet(server, set));
    }
}
