using System.Management.Automation;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>The TargetObject of an error names what is at fault: the text of the user, as it was written.</summary>
public sealed class ErrorTargetTests : IDisposable
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
    public void An_error_about_several_paths_names_them()
    {
        ErrorRecord error = _session.Fail("Start-MxServer -Listen 'wss://127.0.0.1:0?cert=Env:/PATH&key=Env:/HOME', mixed://127.0.0.1:0");
        Assert.DoesNotContain("System.String", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-MxServer -Socket ./none.sock", "./none.sock")]
    [InlineData("Restore-MxConfigVersion 77 -Name edge", 77)]
    [InlineData("Compare-MxConfigVersion 77 -Name edge", 77)]
    [InlineData("Set-MxConfig edge -Set @{ 'limits.nope' = 1 }", "limits.nope")]
    [InlineData("Set-MxConfig edge ./none.yaml", "./none.yaml")]
    [InlineData("Test-MxRoute EXAMPLE.com:99999", "EXAMPLE.com:99999")]
    [InlineData("Test-MxRoute a.example:443 -Inbound none", "none")]
    [InlineData("Get-MxEchConfig -Base64 AAAA", "AAAA")]
    [InlineData("Get-MxEchConfig -LiteralPath ./none.pem", "./none.pem")]
    [InlineData("New-MxKey ./edge.yaml", "./edge.yaml")]
    [InlineData("Set-Content other.yaml x; Save-MxConfig edge ./other.yaml", "./other.yaml")]
    [InlineData("Save-MxConfig edge ./none/other.yaml", "./none/other.yaml")]
    [InlineData("New-MxCertificate -", "-")]
    [InlineData("New-MxCertificate hub.example, a..b", "a..b")]
    [InlineData("New-MxCertificate h*b.example", "h*b.example")]
    [InlineData("New-MxEchKey hub.example ./edge.yaml", "./edge.yaml")]
    public void An_error_is_about_what_the_user_named(string command, object named)
    {
        _folder.Write("edge.yaml",
            "name: edge\ninbounds: [{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }]\nhistory: { directory: history }\n");
        _session.Run($"Set-Location '{_folder.Path}'; Start-MxServer ./edge.yaml");
        ErrorRecord error = _session.Fail(command);
        Assert.Equal(named, error.TargetObject is PSObject wrapped ? wrapped.BaseObject : error.TargetObject);
    }
}
