using System.Management.Automation;
using MultiExit.Engine.Server;

namespace MultiExit.Commands;

/// <summary>New-MxKey: makes the pre-shared key of a tunnel, or a password of Lightsocks, into a file or as text.</summary>
[Cmdlet(VerbsCommon.New, "MxKey", SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class NewMxKeyCommand : NewFileCommand
{
    private const string Tunnel = "Tunnel";
    private const string Lightsocks = "Lightsocks";

    /// <summary>The file.</summary>
    [Parameter(Position = 0)]
    [Alias("LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>What it is for.</summary>
    [Parameter]
    [ValidateSet(Tunnel, Lightsocks)]
    public string Type { get; set; } = Tunnel;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Path is null)
        {
            WriteObject(Generate());
            return;
        }
        string file = NewFile(Path);
        if (ShouldProcess(file, "Write key")) Write(Force, (file, Generate() + "\n", true));
    }

    private string Generate() => string.Equals(Type, Lightsocks, StringComparison.OrdinalIgnoreCase) ? LightsocksPassword.Generate() : TunnelKey.Generate();
}
