using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxGroup: the groups of running servers.</summary>
[Cmdlet(VerbsCommon.Get, "MxGroup")]
[OutputType(typeof(MxGroup))]
public sealed class GetMxGroupCommand : GroupCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, GroupStatus group) in FindGroups()) WriteObject(new MxGroup(server, group));
    }
}
