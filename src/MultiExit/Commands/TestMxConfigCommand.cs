using System.Management.Automation;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>Test-MxConfig: says of each file whether a server can start from it, and all that is wrong.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxConfig", DefaultParameterSetName = PathSet)]
[OutputType(typeof(MxConfigTest))]
public sealed class TestMxConfigCommand : ConfigFileCommand
{
    private protected override void Process(string file, string target) => WriteObject(new MxConfigTest(file, ConfigLoader.LoadFile(file)));
}
