using System.Management.Automation;

namespace MultiExit.Commands;

/// <summary>Stop-MxSession: ends live sessions at once.</summary>
[Cmdlet(VerbsLifecycle.Stop, "MxSession", SupportsShouldProcess = true)]
[OutputType(typeof(MxSession))]
public sealed class StopMxSessionCommand : ServerCommand
{
    /// <summary>The numbers of the sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SessionIdCompleter))]
    [ValidateNotNullOrEmpty]
    public long[] Id { get; set; } = [];

    /// <summary>The server.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Server { get; set; } = "*";

    /// <summary>Write the sessions that were stopped.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        RunningServer[] servers = [.. Find([Wanted(Server)])];
        if (servers.Length > 1)
        {
            WriteError(NewError("ServerAmbiguous", ErrorCategory.InvalidArgument, Server,
                $"'{Server}' stands for {servers.Length} servers, and each numbers its own sessions: name one with -Server."));
            return;
        }
        if (servers.Length == 1)
            foreach (long id in Id) Try(id, () => Stop(servers[0], id));
    }

    private void Stop(RunningServer server, long id)
    {
        MxSession? session = Await(server.Control.GetSessionsAsync).Where(info => info.Id == id).Select(info => new MxSession(server, info)).FirstOrDefault();
        if (session is null)
        {
            WriteError(NewError("SessionNotFound", ErrorCategory.ObjectNotFound, id, $"The server {server.Name} has no live session {id}; it may have ended."));
            return;
        }
        if (ShouldProcess(session.ToString(), "Stop session") && Await(token => server.Control.StopSessionAsync(id, token)) && PassThru) WriteObject(session);
    }
}
