using System.Management.Automation;
using MultiExit.Engine;

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
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? User { get; set; }

    /// <summary>The inbounds' names.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Inbound { get; set; }

    /// <summary>The exits' names.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Exit { get; set; }

    /// <summary>The destinations, host:port.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Destination { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        NamePattern[]? users = User is null ? null : Wanted(User);
        NamePattern[]? inbounds = Inbound is null ? null : Wanted(Inbound);
        NamePattern[]? exits = Exit is null ? null : Wanted(Exit);
        NamePattern[]? destinations = Destination is null ? null : Wanted(Destination);
        ForEachServer(Wanted(Server), server =>
        {
            foreach (SessionInfo session in Await(server.Control.GetSessionsAsync))
            {
                if (Matches(users, session.User) && Matches(inbounds, session.Inbound)
                    && Matches(exits, session.Exit) && Matches(destinations, session.Destination))
                    WriteObject(new MxSession(server, session));
            }
        });
    }

    private static bool Matches(NamePattern[]? wanted, string? value) => wanted is null || (value is not null && wanted.Any(name => name.IsMatch(value)));
}
