using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Update-MxRuleSet: has running servers look at the sources of their rule sets now.</summary>
[Cmdlet(VerbsData.Update, "MxRuleSet", SupportsShouldProcess = true)]
[OutputType(typeof(MxRuleSet))]
public sealed class UpdateMxRuleSetCommand : RuleSetCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, RuleSetStatus set) in FindSets())
        {
            if (!ShouldProcess($"{set.Name} on {server.Name}", $"Read the rule set from {set.Source}")) continue;
            Try(set.Name, () =>
            {
                RuleSetStatus now = Await(token => server.Control.UpdateRuleSetAsync(set.Name, token));
                WriteObject(new MxRuleSet(server, now));
                if (now.Problem is { } problem)
                    WriteError(NewError("RuleSetNotUpdated", ErrorCategory.ReadError, now.Name, $"The rule set {now.Name} stays as it was: {problem}"));
            });
        }
    }
}
