using System.Collections;
using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Set-MxConfig: puts another configuration in force on a running server, or changes parts of it, for good or until it is confirmed.</summary>
[Cmdlet(VerbsCommon.Set, "MxConfig", DefaultParameterSetName = FileSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxConfig), typeof(MxRollout))]
public sealed partial class SetMxConfigCommand : ServerConfigCommand
{
    private const string FileSet = "File";
    private const string PartsSet = "Parts";
    private const string Any = "*";

    /// <summary>The server.</summary>
    [Parameter(ParameterSetName = FileSet, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = PartsSet, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = FleetSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = Any;

    /// <summary>The file; without it the server's own, read again.</summary>
    [Parameter(ParameterSetName = FileSet, Position = 1)]
    [Parameter(ParameterSetName = FleetSet, Mandatory = true, Position = 0)]
    [Alias("Config", "LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Keys of the configuration in force and their new values.</summary>
    [Parameter(ParameterSetName = PartsSet)]
    [ArgumentCompleter(typeof(ConfigPathCompleter))]
    [ValidateNotNullOrEmpty]
    public IDictionary? Set { get; set; }

    /// <summary>Keys or items of the configuration in force to remove.</summary>
    [Parameter(ParameterSetName = PartsSet)]
    [ArgumentCompleter(typeof(ConfigPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Remove { get; set; } = [];

    /// <summary>The server rolls the change back unless Confirm-MxConfig comes within this time.</summary>
    [Parameter]
    [Duration(Min = "1s", Max = "1d")]
    public TimeSpan? ConfirmWithin { get; set; }

    /// <summary>A destination that has to be reached through the new configuration.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Probe { get; set; }

    /// <summary>What the change is for; it is kept with the version.</summary>
    [Parameter]
    [ValidateLength(1, ConfigRequest.MaxMessage)]
    public string? Message { get; set; }

    /// <summary>Changes a node of a fleet alone, which then follows its fleet no longer.</summary>
    [Parameter(ParameterSetName = FileSet)]
    [Parameter(ParameterSetName = PartsSet)]
    public SwitchParameter Local { get; set; }

    /// <summary>Write the configuration in force.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        // With -Socket the server is known already, and the first argument may be the file.
        if (ParameterSetName != FileSet || Path is not null || Socket is not { Length: > 0 } || Name == Any || !LooksLikeFile(Name)) return;
        Path = Name;
        Name = Any;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Destination? probe = null;
        if (Probe is not null && (!Destination.TryParse(Probe, -1, out probe) || probe.Port <= 0))
        {
            WriteError(NewError("ProbeNotValid", ErrorCategory.InvalidArgument, Probe,
                $"'{Probe}' is no destination to probe; expected host:port, such as 1.1.1.1:443."));
            return;
        }
        if (ParameterSetName == FleetSet)
        {
            Publish(probe);
            return;
        }
        if (FindServer(Wanted(Name)) is not { } server) return;

        ConfigRequest request = new() { ConfirmWithin = ConfirmWithin, Probe = probe, Message = Message, Local = Local };
        Try(Target(server), () =>
        {
            if ((ParameterSetName == PartsSet ? SetParts(server, request) : SetFile(server, request)) is { } status && PassThru)
                WriteObject(new MxConfig(server, status));
        });
    }

    // The change that is asked about: the file, the one key, or all of them.
    private object Target(RunningServer server)
    {
        string[] parts = [.. (Set?.Keys.Cast<object>().Select(key => $"{key}") ?? []), .. Remove];
        return parts.Length switch { 0 => Path ?? server.Name, 1 => parts[0], _ => parts };
    }

    // No name of a server has a slash.
    private bool LooksLikeFile(string name) =>
        name.AsSpan().ContainsAny('/', '\\') || IsFile(name);

    private ConfigStatus? SetParts(RunningServer server, ConfigRequest request)
    {
        List<ConfigEdit> edits = [];
        foreach (DictionaryEntry part in Set ?? new Hashtable())
        {
            try
            {
                edits.Add(ConfigEdit.Set($"{part.Key}", EditValue.Of(part.Value)));
            }
            catch (ArgumentException exception)
            {
                WriteError(NewError("ValueNotValid", ErrorCategory.InvalidArgument, part.Key, $"'{part.Key}' cannot be set: {exception.Message}.", exception));
                return null;
            }
        }
        edits.AddRange(Remove.Select(ConfigEdit.Remove));
        return Edit(server, ConfirmWithin is null ? "Set parts of the configuration" : "Set parts of the configuration, to be confirmed", edits, request);
    }

    private ConfigStatus? SetFile(RunningServer server, ConfigRequest request)
    {
        // The server decides what the document means: secrets and files may exist only for the server.
        ConfigDocument? document = Path is null ? null : ConfigDocument.Read(ExistingFile(Path));
        // Its own file is read twice: the text that is put in force is the text that was asked about.
        ConfigStatus? before = document is null ? Await(server.Control.GetConfigAsync) : null;
        string? file = document is null ? before!.File : document.File;
        if (file is null)
        {
            WriteError(NewError("NoConfigFile", ErrorCategory.InvalidOperation, server.Name,
                $"The server {server.Name} was started from URLs and has no file of its own; say with -Path which file it shall run."));
            return null;
        }
        IReadOnlyList<ConfigDifference> differences = Await(token => server.Control.CheckConfigAsync(document, token));
        if (!Ask(server, ConfirmWithin is null ? $"Set configuration {file}" : $"Set configuration {file}, to be confirmed", differences,
            (query, token) => server.Control.ReplayConfigAsync(document, query, token))) return null;

        ConfigStatus status = Await(token => server.Control.SetConfigAsync(document, request with { FileSha256 = before?.FileSha256 }, token));
        WriteWarnings(server.Name, status.Warnings);
        WarnOfPending(server, status);
        return status;
    }
}
