using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Save-MxConfig: makes the configuration in force a file, the server's own one or another.</summary>
[Cmdlet(VerbsData.Save, "MxConfig", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class SaveMxConfigCommand : ServerConfigCommand
{
    /// <summary>The server.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>The file; without it the server's own.</summary>
    [Parameter(Position = 1)]
    [Alias("LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Replace a file whose text would be lost by it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (FindServer(Wanted(Name)) is not { } server || IsElsewhere(server)) return;
        Try(Path ?? server.Name, () => Save(server));
    }

    private void Save(RunningServer server)
    {
        ConfigStatus status = Await(server.Control.GetConfigAsync);
        if (status.Pending is { } pending)
        {
            Refuse("ConfigUnconfirmed", ErrorCategory.ResourceBusy, server.Name,
                $"Version {pending.Number} of the server {server.Name} waits for its confirmation; run Confirm-MxConfig, then save it.");
            return;
        }
        if ((Path is null ? status.File : FullPath(Path)) is not { } file)
        {
            Refuse("NoConfigFile", ErrorCategory.InvalidOperation, server.Name,
                $"The server {server.Name} was started from URLs and has no file of its own; say with -Path where its configuration goes.");
            return;
        }
        if (InForce(server, status) is not { } config) return;
        if (!Force && IsLost(file, status) is { } lost)
        {
            Refuse("FileExists", ErrorCategory.ResourceExists, Path ?? file, $"The file '{file}' {lost}; give -Force to replace it.");
            return;
        }
        string what = status.Version is { } version ? $"version {version.Number}" : "the configuration in force";
        if (!ShouldProcess(file, $"Save {what} of the server '{server.Name}'")) return;
        try
        {
            ConfigFile.Save(config, file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Refuse("FileNotWritten", ErrorCategory.WriteError, Path ?? file, $"The file '{file}' cannot be written: {exception.Message}", exception);
            return;
        }
        if (PassThru) WriteObject(new FileInfo(file));
    }

    // The text of a server of another process is in its history alone: it may hold secrets, so it does not go over the control socket.
    private ConfigResult? InForce(RunningServer server, ConfigStatus status)
    {
        if (server.IsHere) return server.Managed.InForce;
        if (status is { History: { } history, Version: { } version }) return ConfigHistory.Load(history, version.Number);
        Refuse("NoHistory", ErrorCategory.InvalidOperation, server.Name,
            $"The server {server.Name} keeps no versions (`history` of its configuration), so the text of what it runs is not on this machine.");
        return null;
    }

    // What the file holds stays known when it is in force now, or a version that is kept.
    private string? IsLost(string file, ConfigStatus status)
    {
        if (!File.Exists(file)) return null;
        if (!string.Equals(file, status.File, StringComparison.Ordinal)) return "is there already";
        string text = ConfigDocument.Read(file).Sha256;
        bool isKnown = text == status.Sha256 || (status.History is { } history && ConfigHistory.List(history).Any(version => version.Sha256 == text));
        return isKnown ? null : "holds a text that is no version of this server, so it would be lost";
    }

    private void Refuse(string id, ErrorCategory category, object target, string message, Exception? exception = null) =>
        WriteError(NewError(id, category, target, message, exception));
}
