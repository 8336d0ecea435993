using System.Management.Automation;
using MultiExit.Engine;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Protocols;

namespace MultiExit.Commands;

/// <summary>Set-MxConfig: puts another configuration in force on a running server, for good or until it is confirmed.</summary>
[Cmdlet(VerbsCommon.Set, "MxConfig", SupportsShouldProcess = true)]
[OutputType(typeof(MxConfig))]
public sealed class SetMxConfigCommand : ServerConfigCommand
{
    /// <summary>The server.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>The file; without it the server's own, read again.</summary>
    [Parameter(Position = 1)]
    [Alias("Config")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The server goes back unless Confirm-MxConfig comes within this time.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? ConfirmWithin { get; set; }

    /// <summary>A destination that has to be reached through the new configuration.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Probe { get; set; }

    /// <summary>Write the configuration in force.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Destination? probe = null;
        if (Probe is not null && (!Destination.TryParse(Probe, -1, out probe) || probe.Port <= 0))
        {
            WriteError(NewError("ProbeNotValid", ErrorCategory.InvalidArgument, Probe, $"'{Probe}' is no destination to probe; expected host:port, such as 1.1.1.1:443."));
            return;
        }
        if (FindServer(Name) is { } server)
            Try(Path ?? server.Name, () => Set(server, new ConfigRequest { ConfirmWithin = ConfirmWithin, Probe = probe }));
    }

    private void Set(RunningServer server, ConfigRequest request)
    {
        // The server reads what the document means: secrets and files may be there for it alone.
        ConfigDocument? document = Path is null ? null : ConfigDocument.Read(SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path));
        string? file = document is null ? Await(server.Control.GetConfigAsync).File : document.File;
        if (file is null)
        {
            WriteError(NewError("NoConfigFile", ErrorCategory.InvalidOperation, server.Name,
                $"The server {server.Name} was started from URLs and has no file of its own; say with -Path which file it shall run."));
            return;
        }
        IReadOnlyList<ConfigDifference> differences = Await(token => server.Control.CheckConfigAsync(document, token));
        if (!Ask(server, ConfirmWithin is null ? $"Set configuration {file}" : $"Set configuration {file}, to be confirmed", differences))
            return;

        ConfigStatus status = Await(token => server.Control.SetConfigAsync(document, request, token));
        if (status.Pending is { } pending)
        {
            string command = server.Socket is { } socket ? $"Confirm-MxConfig -Socket {socket}" : $"Confirm-MxConfig {server.Name}";
            WriteWarning($"{server.Name}: version {pending.Previous} comes back at {pending.Until.ToLocalTime():HH:mm:ss} unless you run: {command}");
        }
        if (PassThru)
            WriteObject(new MxConfig(server, status));
    }
}
