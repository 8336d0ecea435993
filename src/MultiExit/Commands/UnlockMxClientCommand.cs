using System.Management.Automation;
using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Unlock-MxClient: lets clients in again that were locked out after failed logins.</summary>
[Cmdlet(VerbsCommon.Unlock, "MxClient", SupportsShouldProcess = true)]
[OutputType(typeof(MxLockedClient))]
public sealed class UnlockMxClientCommand : ServerCommand
{
    /// <summary>The clients' addresses; without it, all clients that are locked out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(LockedClientCompleter))]
    [Address]
    [ValidateNotNullOrEmpty]
    public IPAddress[]? Client { get; set; }

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>Write the clients that were let in.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        AskServers(Wanted(Server), (server, token) => server.Control.GetLockedClientsAsync(token), (server, clients) =>
        {
            foreach (LockedClient locked in clients.Where(locked => Client is null || Client.Any(locked.Covers)))
            {
                if (ShouldProcess($"{locked.Client} on {server.Name}", "Let client in again")
                    && Await(token => server.Control.UnlockClientAsync(locked.Client, token)) && PassThru)
                    WriteObject(new MxLockedClient(server, locked));
            }
        });
    }
}
