using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Whether a pwsh has a prompt to come back to, by its arguments.</summary>
public sealed class ConsoleSessionTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("-NoProfile|-NoLogo|-Interactive", false)]
    [InlineData("-c|x", true)]
    [InlineData("/Command|x", true)]
    [InlineData("--command|x", true)]
    [InlineData("-CommandWithArgs|x", true)]
    [InlineData("-EncodedCommand|x", true)]
    [InlineData("-NoProfile|-File|x.ps1", true)]
    [InlineData("x.ps1", true)]
    [InlineData("-NoProfile|x", true)]
    [InlineData("-WorkingDirectory|x.ps1", false)]
    [InlineData("-wd|x.ps1", false)]
    [InlineData("-wo|x.ps1|-c|x", true)]
    [InlineData("-ConfigurationName|file", false)]
    [InlineData("-ExecutionPolicy|-c", false)]
    [InlineData("-ex|Bypass|x.ps1", true)]
    [InlineData("-SettingsFile|x.ps1|-NoExit|-c|x", false)]
    [InlineData("-NoExit|-File|x.ps1", false)]
    [InlineData("-Command|x|-NoExit", true)]
    public void A_pwsh_is_a_batch_when_it_was_started_for_a_command_or_a_script(string arguments, bool isBatch)
    {
        using Session session = new();
        (var output, var errors) = session.Run($$"""
            $arguments = [string[]]@('{{arguments}}'.Split('|', [StringSplitOptions]::RemoveEmptyEntries))
            $session = [MultiExit.MxServer].Assembly.GetType('MultiExit.ConsoleSession')
            $session.GetMethod('IsBatchOf', [Reflection.BindingFlags]'NonPublic,Static').Invoke($null, @(,$arguments))
            """);
        Assert.Empty(errors);
        Assert.Equal(isBatch, Assert.Single(output).BaseObject);
    }
}
