using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Bundles;
using MultiExit.Engine.Files;

namespace MultiExit.Commands;

/// <summary>Export-MxDiagnostic: one zip for whoever looks for a fault of a server, without its secrets.</summary>
[Cmdlet(VerbsData.Export, "MxDiagnostic", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMxDiagnosticCommand : ServerConfigCommand
{
    /// <summary>The server.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ServerOf]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <summary>The zip, or a folder that is there, for a zip with the server's name and the time.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The log and records from then on.</summary>
    [Parameter]
    [Since]
    public DateTimeOffset Since { get; set; } = DateTimeOffset.Now - TimeSpan.FromHours(1);

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (FindServer(Wanted(Name)) is not { } server || IsElsewhere(server)) return;
        Try(Path!, () => Export(server));
    }

    private void Export(RunningServer server)
    {
        string file = FullPath(Path!);
        if (Directory.Exists(file))
        {
            string time = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            file = System.IO.Path.Combine(file, $"{server.Name}-{time}.zip");
        }
        if (!Force && System.IO.Path.Exists(file))
        {
            WriteError(NewError("FileExists", ErrorCategory.ResourceExists, Path, $"The file '{file}' is there already; give -Force to replace it."));
            return;
        }
        if (!ShouldProcess(file, $"Export the diagnosis of the server '{server.Name}'")) return;

        using MemoryStream zip = new();
        BundleResult result = Await(token => DiagnosticBundle.WriteAsync(zip, server.Control, Since, token));
        try
        {
            AtomicFile.Write(file, zip.WriteTo, Force);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteError(NewError("FileNotWritten", ErrorCategory.WriteError, Path, $"The file '{file}' cannot be written: {exception.Message}", exception));
            return;
        }
        foreach (string missing in result.Missing) WriteWarning($"{server.Name}: {missing}");
        WriteObject(new FileInfo(file));
    }
}
