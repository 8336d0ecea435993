using System.Management.Automation;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>A user who puts a configuration in force sees the warnings about the parts that have no effect.</summary>
public sealed class WarningTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _session.Run("Stop-MxServer *");
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Each_cmdlet_that_puts_a_configuration_in_force_writes_its_warnings()
    {
        Write("address: 203.0.113.9");
        Assert.Equal(["MX1012 exit wan1: the address 203.0.113.9"], Warnings($"Start-MxServer '{File}'"));
        Assert.Equal(["MX1012 exit wan1: the address 203.0.113.9"], Warnings("Set-MxConfig edge"));
        Assert.Equal(["MX1012 exit wan1: the address 203.0.113.8"], Warnings("Set-MxConfig edge -Set @{ 'exits[wan1].address' = '203.0.113.8' }"));
        // A warning that was given before is not a new one.
        Assert.Empty(Warnings("Set-MxConfig edge -Set @{ 'limits.connections' = 100 }"));
        Assert.Empty(Warnings("Set-MxConfig edge -Set @{ 'exits[wan1].address' = '127.0.0.1' }"));
        Assert.Equal(["MX1012 exit wan1: the address 203.0.113.9"], Warnings("Restore-MxConfigVersion 1 -Name edge"));
    }

    [Fact]
    public void A_start_with_another_version_than_the_file_warns_of_it_and_so_does_a_test_of_the_file()
    {
        Write("weight: 1");
        _session.Run($"Start-MxServer '{File}'; Set-MxConfig edge -Set @{{ 'exits[wan1].weight' = 2 }}; Stop-MxServer edge");
        Assert.StartsWith("MX1017 ", Assert.Single(Warnings($"Test-MxConfig '{File}'")), StringComparison.Ordinal);
        Assert.StartsWith("MX1017 ", Assert.Single(Warnings($"Start-MxServer '{File}'")), StringComparison.Ordinal);
        Assert.Equal("MX1017", $"{Assert.Single(_session.Run("(Get-MxServer edge).Warnings.Id").Output)}");
        Assert.Equal("MX1017", $"{Assert.Single(_session.Run("(Get-MxLog edge -Level Warning).Id").Output)}");
        Assert.Empty(Warnings("Set-MxConfig edge"));
        Assert.Empty(_session.Run("(Get-MxServer edge).Warnings").Output);
    }

    [Fact]
    public void A_text_for_another_machine_is_tested_without_its_secrets()
    {
        System.IO.File.WriteAllText(File,
            "inbounds: [{ name: a, type: http, listen: \"203.0.113.9:80\", users: { alice: { password: { env: NOT_SET_ANYWHERE } } } }]");
        PSObject here = Assert.Single(_session.Run($"Test-MxConfig '{File}'").Output);
        Assert.Equal(false, here.Properties["IsValid"].Value);
        Assert.Equal("Machine", $"{Assert.Single(_session.Run($"(Test-MxConfig '{File}').Errors.Kind").Output)}");
        PSObject text = Assert.Single(_session.Run($"Test-MxConfig '{File}' -TextOnly").Output);
        Assert.Equal(true, text.Properties["IsValid"].Value);
        System.IO.File.AppendAllText(File, "\nnonsense: 1");
        Assert.Equal("Text", $"{Assert.Single(_session.Run($"(Test-MxConfig '{File}' -TextOnly).Errors.Kind").Output)}");
    }

    [Theory]
    [InlineData("-WarningAction Stop")]
    [InlineData("-WarningAction Stop -Wait")]
    public void A_start_that_a_warning_ends_leaves_no_server_and_says_so(string parameters)
    {
        Write("address: 203.0.113.9");
        ErrorRecord error = _session.Fail($"Start-MxServer '{File}' {parameters}");
        Assert.StartsWith("StoppedByWarning,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("edge", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("has been stopped again", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("MX1012", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_session.Run("Get-MxServer").Output);
    }

    [Fact]
    public void A_server_that_is_waited_for_ends_with_the_pipeline_that_reads_it()
    {
        Assert.Equal("edge", $"{Assert.Single(
            _session.Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge -PassThru -Wait | Select-Object -First 1").Output)}");
        Assert.Empty(_session.Run("Get-MxServer").Output);
        Assert.ThrowsAny<RuntimeException>(() => _session.Run(
            "Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge -PassThru -Wait | ForEach-Object { throw 'reader' }"));
        Assert.Empty(_session.Run("Get-MxServer").Output);
    }

    [Fact]
    public void A_server_that_is_not_waited_for_outlives_the_pipeline_that_reads_it()
    {
        _session.Run("$null = Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge -PassThru | Select-Object -First 1");
        Assert.Equal("edge", $"{Assert.Single(_session.Run("Get-MxServer").Output)}");
    }

    private string File => _folder["edge.yaml"];

    private void Write(string exit) => System.IO.File.WriteAllText(File,
        $"name: edge\ninbounds: [{{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }}]\n"
        + $"exits: [{{ name: wan1, type: direct, {exit} }}]\nhistory: {{ directory: history }}\n");

    // Without the server or file that they are about, and without their advice.
    private IEnumerable<string> Warnings(string command) => _session.Run($"{command} -WarningVariable w -WarningAction SilentlyContinue > $null; $w").Output
        .Select(warning => warning.ToString()!).Select(text => text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split(" is not on this host")[0]);
}
