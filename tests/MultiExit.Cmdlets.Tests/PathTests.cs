using System.Management.Automation;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Paths of files in parameters and in URLs: they count from the location of the session, and are of the file system.</summary>
public sealed class PathTests : IDisposable
{
    private const string Yaml = "inbounds: [{ name: a, type: mixed, listen: \"127.0.0.1:0\" }]\n";
    private readonly Session _session = new();
    private readonly TempFolder _folder = new();

    public PathTests()
    {
        _folder.Write("edge.yaml", Yaml);
        _folder.Write("odd[1].yaml", Yaml);
        _folder.Write("odd1.yaml", "nonsense: 1\n");
        Run($"Set-Location -LiteralPath '{_folder.Path}'");
        Run("New-MxCertificate localhost; New-MxKey psk.txt; $null = New-Item -ItemType Directory history");
        Assert.True(File.Exists(_folder["cert.pem"]) && File.Exists(_folder["key.pem"]) && File.Exists(_folder["psk.txt"]));
        Assert.NotEqual(_folder.Path, Directory.GetCurrentDirectory());
    }

    public void Dispose()
    {
        _session.Run("Stop-MxServer *");
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_configuration_is_read_once_for_all_destinations_of_a_pipeline()
    {
        string[] routes = [.. Run("& { 'a.example:1'; Remove-Item edge.yaml; 'b.example:1' } | Test-MxRoute -Config edge.yaml | % { \"$($_.Destination)\" }")
            .Select(route => $"{route}")];
        Assert.Equal(["a.example:1", "b.example:1"], routes);
    }

    [Theory]
    [InlineData("Start-MxServer -Listen 'https://127.0.0.1:0?cert=cert.pem&key=key.pem' -PassThru")]
    [InlineData("Start-MxServer -Listen 'mixed+tls://127.0.0.1:0?cert=./cert.pem&cert_key=key.pem' -PassThru")]
    [InlineData("Start-MxServer -Listen 'tunnel://127.0.0.1:0?cert=cert.pem&cert_key=key.pem&psk_file=psk.txt' -PassThru")]
    [InlineData("Start-MxServer -Listen 'wss://127.0.0.1:0/t?token_file=psk.txt' -Cert cert.pem -Key key.pem -PassThru")]
    [InlineData("Start-MxServer -Listen mixed://127.0.0.1:0 -Forward 'tunnel://hub.example?psk_file=psk.txt&ca=cert.pem' -PassThru")]
    [InlineData("Start-MxClient -Listen mixed://127.0.0.1:0 -Forward 'https://hub.example?ca=cert.pem' -PassThru")]
    [InlineData("Start-MxServer edge.yaml -PassThru")]
    [InlineData("Start-MxServer -LiteralPath 'odd[1].yaml' -PassThru")]
    [InlineData("Start-MxServer 'odd`[1`].yaml' -PassThru")]
    [InlineData("Start-MxServer FileSystem::edge.yaml -PassThru")]
    [InlineData("Start-MxClient -Config 'odd[1].yaml' -PassThru")]
    [InlineData("Get-Item -LiteralPath 'odd[1].yaml' | Start-MxServer -PassThru")]
    [InlineData("(Start-MxServer 'odd[1].yaml' -PassThru).Config | Test-MxConfig | Where-Object IsValid")]
    [InlineData("Test-MxConfig -LiteralPath 'odd[1].yaml' | Test-MxConfig | Where-Object IsValid")]
    [InlineData("Test-MxConfig 'odd[12].yaml'")]
    [InlineData("Test-MxRoute 192.0.2.1:1 -Config edge.yaml")]
    [InlineData("Test-MxRoute 192.0.2.1:1 -LiteralPath 'odd[1].yaml'")]
    [InlineData("Start-MxServer -Name x -Listen mixed://127.0.0.1:0; Set-MxConfig x 'odd[1].yaml' -PassThru")]
    [InlineData("Start-MxServer -Name x -Listen mixed://127.0.0.1:0; Set-MxConfig x -LiteralPath 'odd[1].yaml' -PassThru")]
    [InlineData("Test-MxTunnel 'tunnel://127.0.0.1:1?psk_file=psk.txt&ca=cert.pem' 192.0.2.1:1")]
    [InlineData("New-MxKey -LiteralPath 'a[1].key'; Get-Item -LiteralPath 'a[1].key'")]
    [InlineData("New-MxEchKey hub.example -LiteralPath 'a[1].pem'")]
    [InlineData("New-MxCertificate x.example -LiteralPath history")]
    [InlineData("Set-Location Env:; Start-MxServer -Listen mixed://127.0.0.1:0 -PassThru")]
    public void A_path_counts_from_the_location_of_the_session(string script) => Assert.Single(Run(script));

    [Theory]
    [InlineData("Start-MxServer none.yaml")]
    [InlineData("Start-MxServer nodrive:edge.yaml")]
    [InlineData("Start-MxClient none.yaml")]
    [InlineData("Start-MxServer -Listen wss://127.0.0.1:0/t -Cert none.pem -Key key.pem")]
    [InlineData("Start-MxServer -Listen wss://127.0.0.1:0/t -Cert cert.pem -Key none.pem")]
    [InlineData("Start-MxServer -Listen 'https://127.0.0.1:0?cert=nodrive:cert.pem&key=key.pem'")]
    [InlineData("Set-MxConfig x none.yaml")]
    [InlineData("Test-MxConfig none.yaml")]
    [InlineData("Test-MxConfig -LiteralPath none.yaml")]
    [InlineData("Test-MxConfig -LiteralPath 'odd*.yaml'")]
    [InlineData("Test-MxRoute 192.0.2.1:1 -Config none.yaml")]
    [InlineData("Get-MxSnat none.yaml")]
    [InlineData("Get-MxRedirect none.yaml")]
    [InlineData("Get-MxConfigVersion -HistoryPath none")]
    [InlineData("Compare-MxConfigVersion 1 -HistoryPath none")]
    [InlineData("Get-MxEchConfig -Path none.pem")]
    [InlineData("Get-MxEchConfig -LiteralPath none.pem")]
    [InlineData("Get-MxEchConfig x.example -CaPath none.pem")]
    [InlineData("New-MxKey nodrive:psk.txt")]
    [InlineData("Test-MxConfig ./nothing-*.yaml")]
    public void A_file_that_is_not_there_is_named_so(string script) => Fails("PathNotFound", ErrorCategory.ObjectNotFound, script);

    [Theory]
    [InlineData("Start-MxServer Env:/PATH")]
    [InlineData("Start-MxClient Variable:HOME")]
    [InlineData("Start-MxServer -Listen 'https://127.0.0.1:0?cert=Env:/PATH&key=key.pem'")]
    [InlineData("Start-MxServer -Listen mixed://127.0.0.1:0 -Forward 'tunnel://hub.example?psk_file=Env:/PATH'")]
    [InlineData("Start-MxServer -Listen wss://127.0.0.1:0/t -Cert Env:/PATH -Key key.pem")]
    [InlineData("$null = New-PSDrive vars Variable ''; Start-MxServer vars:HOME")]
    [InlineData("Set-Location Env:; Start-MxServer edge.yaml")]
    [InlineData("Set-Location Env:; Start-MxServer -Listen 'https://127.0.0.1:0?cert=cert.pem&key=key.pem'")]
    [InlineData("Set-Location Env:; New-MxCertificate localhost")]
    [InlineData("Set-MxConfig x Env:/PATH")]
    [InlineData("Test-MxConfig Env:/PATH")]
    [InlineData("Test-MxConfig -LiteralPath Env:/PATH")]
    [InlineData("Test-MxRoute 192.0.2.1:1 -Config Env:/PATH")]
    [InlineData("Test-MxTunnel 'tunnel://127.0.0.1:1?psk_file=Env:/PATH' 192.0.2.1:1")]
    [InlineData("Get-MxConfigVersion -HistoryPath Env:/")]
    [InlineData("Compare-MxConfigVersion 1 -HistoryPath Env:/")]
    [InlineData("Get-MxEchConfig -Path Env:/PATH")]
    [InlineData("Get-MxEchConfig -LiteralPath Function:prompt")]
    [InlineData("Get-MxEchConfig x.example -CaPath Env:/PATH")]
    [InlineData("New-MxKey Env:/PSK")]
    [InlineData("New-MxCertificate a.example Env:/ -Force")]
    [InlineData("New-MxEchKey hub.example Variable:key")]
    [InlineData("Get-MxServer -Socket Env:/PATH")]
    public void A_path_of_another_provider_is_not_a_file(string script) => Fails("NotAFile", ErrorCategory.InvalidArgument, script);

    [Fact]
    public void A_certificate_is_written_with_its_key_or_not_at_all()
    {
        File.Delete(_folder["cert.pem"]);
        File.Delete(_folder["key.pem"]);
        Directory.CreateDirectory(_folder["cert.pem/sub"]);
        Fails("FileNotWritten", ErrorCategory.WriteError, "New-MxCertificate x.example -Force");
        Assert.False(File.Exists(_folder["key.pem"]));

        Directory.Delete(_folder["cert.pem"], recursive: true);
        string before = _folder.Write("key.pem", "before");
        Directory.CreateDirectory(_folder["cert.pem/sub"]);
        Fails("FileNotWritten", ErrorCategory.WriteError, "New-MxCertificate x.example -Force");
        Assert.Equal("before", File.ReadAllText(before));
        Assert.Equal(
            ["cert.pem", "edge.yaml", "history", "key.pem", "odd1.yaml", "odd[1].yaml", "psk.txt"],
            Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_ech_key_is_written_with_its_config_or_not_at_all()
    {
        Directory.CreateDirectory(_folder["ech.config.pem/sub"]);
        Fails("FileNotWritten", ErrorCategory.WriteError, "New-MxEchKey hub.example ech.pem -Force");
        Assert.False(File.Exists(_folder["ech.pem"]));
    }

    [Fact]
    public void A_certificate_and_its_key_are_two_files() =>
        Fails("FileGivenTwice", ErrorCategory.InvalidArgument, "New-MxCertificate x.example -CertificatePath a.pem -KeyPath ./a.pem");

    [Fact]
    public void A_replaced_pair_is_the_new_one_and_nothing_else_is_left()
    {
        string before = File.ReadAllText(_folder["cert.pem"]);
        int count = Directory.GetFileSystemEntries(_folder.Path).Length;
        Run("New-MxCertificate other.example -Force; "
            + "$null = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile(\"$PWD/cert.pem\", \"$PWD/key.pem\")");
        Assert.NotEqual(before, File.ReadAllText(_folder["cert.pem"]));
        Assert.Equal(count, Directory.GetFileSystemEntries(_folder.Path).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["key.pem"]));
    }

    private IReadOnlyList<PSObject> Run(string script)
    {
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run(script);
        Assert.Empty(errors);
        return output;
    }

    private void Fails(string id, ErrorCategory category, string script)
    {
        if (script.Contains("Set-MxConfig", StringComparison.Ordinal)) Run("Start-MxServer -Name x -Listen mixed://127.0.0.1:0");
        ErrorRecord error = _session.Fail(script);
        Assert.Equal((id, category), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category));
    }
}
