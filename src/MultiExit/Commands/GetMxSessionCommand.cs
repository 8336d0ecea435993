using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxSession: the live sessions of running servers.</summary>
[Cmdlet(VerbsCommon.Get, "MxSession")]
[OutputType(typeof(MxSession))]
public sealed class GetMxSessionCommand : ServerCommand
{
    /// <summary>The servers' names.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>The users.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserNameCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyCollection]
    public string[]? User { get; set; }

    /// <summary>The inbounds' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InboundNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Inbound { get; set; }

    /// <summary>The exits' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ExitNameCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyCollection]
    public string[]? Exit { get; set; }

    /// <summary>The destinations, host:port.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Destination { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        // A session may have no user or exit: then the object asks for any. A variable that is empty by mistake does not.
        foreach (string name in (string[])[nameof(User), nameof(Exit)])
        {
            if (MyInvocation.BoundParameters.TryGetValue(name, out object? value) && value is null or string[] { Length: 0 })
                ThrowTerminatingError(NewError("NothingGiven", ErrorCategory.InvalidArgument, value, $"-{name} is empty; expected names, or leave it out."));
        }
    }

    /// <summary>The fleet whose nodes are all meant.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Fleet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        NamePattern[]? users = User is null ? null : Wanted(User);
        NamePattern[]? inbounds = Inbound is null ? null : Wanted(Inbound);
        NamePattern[]? exits = Exit is null ? null : Wanted(Exit);
        NamePattern[]? destinations = Destination is null ? null : Wanted(Destination);
        if (Fleet is null)
        {
            AskServers(Wanted(Server), (server, token) => server.Control.GetSessionsAsync(token), (server, sessions) =>
            {
                foreach (SessionRecord session in sessions.Where(IsWanted)) WriteObject(new MxSession(server, session));
            });
            return;
        }
        FleetQuery query = new()
        {
            User = WiderOf(users), Inbound = WiderOf(inbounds), Exit = WiderOf(exits), Destination = WiderOf(destinations),
        };
        if (AskFleet(Fleet, Wanted(Server), (control, token) => control.GetFleetSessionsAsync(query, token)) is not var (nodes, answers)) return;
        foreach (NodeAnswer<SessionRecord> answer in answers)
            foreach (SessionRecord session in answer.Items.Where(IsWanted).OrderBy(session => session.Started))
                WriteObject(InView(new MxSession(nodes.OriginOf(answer.Node), session), "Node"));

        bool IsWanted(SessionRecord session) => Matches(users, session.User) && Matches(inbounds, session.Inbound)
            && Matches(exits, session.Exit) && Matches(destinations, session.Destination);
    }

    private static bool Matches(NamePattern[]? wanted, string? value) => wanted is null or []
        || (value is not null && wanted.Any(name => name.IsMatch(value)));
}
