using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxUser: the users of running servers and what they have used.</summary>
[Cmdlet(VerbsCommon.Get, "MxUser")]
[OutputType(typeof(MxUser))]
public sealed class GetMxUserCommand : ServerCommand
{
    /// <summary>The users' names.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(UserNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        NamePattern[] names = Wanted(Name);
        AskServers(Wanted(Server), (server, token) => server.Control.GetUsersAsync(token), (server, users) =>
        {
            foreach (UserStatus user in users)
            {
                if (names.Any(name => name.IsMatch(user.Name))) WriteObject(new MxUser(server, user));
            }
        });
    }
}
