using System.Management.Automation;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Remove-MxUser: takes a user out of a running server.</summary>
[Cmdlet(VerbsCommon.Remove, "MxUser", SupportsShouldProcess = true)]
[OutputType(typeof(MxUser))]
public sealed class RemoveMxUserCommand : ServerConfigCommand
{
    /// <summary>The user.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Server { get; set; } = "*";

    /// <summary>End its live sessions and carriers.</summary>
    [Parameter]
    public SwitchParameter Cut { get; set; }

    /// <summary>Write the user as it was.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (FindServer(Wanted(Server)) is { } server) Try(Name, () => Process(server));
    }

    private void Process(RunningServer server)
    {
        UserStatus? known = Await(server.Control.GetUsersAsync).FirstOrDefault(user => user.Name == Name);
        if (known is null || (!known.IsShared && known.Inbounds.Count == 0))
        {
            WriteError(NewError("UserNotFound", ErrorCategory.ObjectNotFound, Name, $"The server {server.Name} has no user {Name}."));
            return;
        }
        string[] settings = [.. Await(server.Control.GetConfigAsync).Settings];
        List<ConfigEdit> edits = [];
        if (known.IsShared)
        {
            edits.AddRange(UserEdits.InLists(Await(server.Control.GetConfigJsonAsync), settings, Name, _ => false));
            edits.Add(ConfigEdit.Remove(UserEdits.PathOf(Name)));
        }
        else
        {
            edits.AddRange(known.Inbounds.Select(inbound =>
                ConfigEdit.Remove(ConfigPath.Append(ConfigPath.AppendName("inbounds", inbound) + ".users", Name))));
        }
        string limits = ConfigPath.Append("limits.users", Name);
        if (UserEdits.IsThere(settings, limits)) edits.Add(ConfigEdit.Remove(limits));
        if (Edit(server, $"Remove user {Name}", edits) is null) return;
        if (PassThru) WriteObject(new MxUser(server, known));
        if (!Cut) return;
        int cut = Await(token => server.Control.CutUserAsync(Name, token));
        WriteVerbose($"{server.Name}: {CountText.Of(cut, "session")} of {Name} cut.");
    }
}
