using System.Management.Automation;
using MultiExit.Engine.Server;

namespace MultiExit.Commands;

/// <summary>New-MxKey: makes the pre-shared key of a tunnel, into a file or as text.</summary>
[Cmdlet(VerbsCommon.New, "MxKey", SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class NewMxKeyCommand : NewFileCommand
{
    /// <summary>The file.</summary>
    [Parameter(Position = 0)]
    [Alias("LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Path is null)
        {
            WriteObject(TunnelKey.Generate());
            return;
        }
        string file = NewFile(Path);
        if (ShouldProcess(file, "Write key")) Write(Force, (file, TunnelKey.Generate() + "\n", true));
    }
}
