using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Update-MxGroup: has running servers look at the lists of members of their groups now.</summary>
[Cmdlet(VerbsData.Update, "MxGroup", SupportsShouldProcess = true)]
[OutputType(typeof(MxGroup))]
public sealed class UpdateMxGroupCommand : GroupCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach ((RunningServer server, GroupStatus group) in FindGroups())
        {
            if (group.List is not { } list)
            {
                // Most groups have none; only one that was named is a mistake.
                if (Name.Contains(group.Name, StringComparer.Ordinal))
                    WriteError(NewError("GroupHasNoList", ErrorCategory.InvalidOperation, group.Name, $"The group {group.Name} has no list of members."));
                continue;
            }
            if (!ShouldProcess($"{group.Name} on {server.Name}", $"Read the list of members from {list.Source}")) continue;
            Try(group.Name, () =>
            {
                GroupStatus now = Await(token => server.Control.UpdateGroupAsync(group.Name, token));
                WriteObject(new MxGroup(server, now));
                if (now.List?.Problem is { } problem)
                    WriteError(NewError("GroupNotUpdated", ErrorCategory.ReadError, now.Name, $"The members of group {now.Name} stay as they were: {problem}"));
            });
        }
    }
}
