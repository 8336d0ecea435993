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

    /// <summary>The fleet whose nodes are all meant.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Fleet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        NamePattern[] names = Wanted(Name);
        if (Fleet is null)
        {
            AskServers(Wanted(Server), (server, token) => server.Control.GetUsersAsync(token), (server, users) =>
            {
                foreach (UserStatus user in users)
                    if (names.Any(name => name.IsMatch(user.Name))) WriteObject(new MxUser(server, user));
            });
            return;
        }
        FleetQuery query = new() { User = WiderOf(names) };
        if (AskFleet(Fleet, Wanted(Server), (control, token) => control.GetFleetUsersAsync(query, token)) is not var (nodes, answers)) return;
        // Those of one user beside each other.
        foreach ((NodeAnswer<UserStatus> answer, UserStatus user) in answers
            .SelectMany(answer => answer.Items.Where(user => names.Any(name => name.IsMatch(user.Name))).Select(user => (answer, user)))
            .OrderBy(each => each.user.Name, StringComparer.Ordinal))
        {
            WriteObject(InView(new MxUser(nodes.OriginOf(answer.Node), user), "Node"));
        }
    }
}
