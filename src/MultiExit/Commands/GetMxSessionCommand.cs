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
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
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
    [ValidateNotNullOrEmpty]
    public string[]? Exit { get; set; }

    /// <summary>The destinations, host:port.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Destination { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        ForEachServer(Server, server =>
        {
            foreach (SessionInfo session in Await(server.Control.GetSessionsAsync))
            {
                if (Matches(User, session.User) && Matches(Inbound, session.Inbound)
                    && Matches(Exit, session.Exit) && Matches(Destination, session.Destination))
                    WriteObject(new MxSession(server, session));
            }
        });
    }

    private static bool Matches(string[]? patterns, string? value) => patterns is null
        || (value is not null && patterns.Any(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(value)));
}
