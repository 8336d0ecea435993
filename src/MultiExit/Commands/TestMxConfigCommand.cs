using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Server;

namespace MultiExit.Commands;

/// <summary>Test-MxConfig: reports for each file whether a server can start from it, all that is wrong, and the warnings of such a start.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxConfig", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxConfigTest))]
public sealed class TestMxConfigCommand : ConfigFileCommand
{
    /// <summary>Check the text without this machine.</summary>
    [Parameter]
    public SwitchParameter TextOnly { get; set; }

    private protected override void Process(string file, string target)
    {
        ConfigResult result = TextOnly ? ConfigLoader.CheckText(file) : ConfigLoader.LoadFile(file);
        ConfigCheck check = TextOnly ? new ConfigCheck(result.Errors, []) : Await(token => ConfigCheck.OnThisMachineAsync(result, file, token));
        WriteWarnings(file, check.Warnings);
        WriteObject(new MxConfigTest(file, result.Dialect, check));
    }
}
