using System.Management.Automation;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>The secret parts of a cmdlet's parameters appear in no stream, error or object.</summary>
public sealed class SecrecyTests : IDisposable
{
    private const string Secret = "Zq7secret";
    private readonly Session _session = new();

    public void Dispose()
    {
        _session.Run("Stop-MxServer *");
        _session.Dispose();
    }

    [Theory]
    [InlineData("Start-MxServer -Listen socks5://a:Zq7secret@127.0.0.1:99999")]
    [InlineData("Start-MxServer -Listen socks5://127.0.0.1:0, socks6://a:Zq7secret@127.0.0.1:0")]
    [InlineData("Start-MxServer -Listen socks5://a:Zq7secret@192.0.2.1:1080")]
    [InlineData("Start-MxServer -Listen a:Zq7secret@127.0.0.1:0")]
    [InlineData("Start-MxServer -Listen a:Zq7secret")]
    [InlineData("Start-MxServer -Listen 'socks5://a:Zq7?secret@127.0.0.1:0'")]
    [InlineData("Start-MxServer -Listen 'tunnel://127.0.0.1:0?psk=Zq7secret'")]
    [InlineData("Start-MxServer -Listen 'wss://127.0.0.1:0/?token=Zq7secret&token_file=x' -Token Zq7secret")]
    [InlineData("Start-MxServer -Listen socks5://127.0.0.1:0 -Token Zq7secret")]
    [InlineData("Start-MxServer -Forward socks5://a:Zq7secret@nowhere:x")]
    [InlineData("Start-MxServer -Forward 'tunnel://h?psk=a@Zq7secret&pin=x'")]
    [InlineData("Start-MxServer socks5://a:Zq7secret@127.0.0.1:0")]
    [InlineData("Start-MxServer a:Zq7secret@127.0.0.1:0")]
    [InlineData("Start-MxClient -Listen socks5://a:Zq7secret@127.0.0.1:99999")]
    [InlineData("Start-MxClient -Listen socks5://127.0.0.1:0 -Forward http://a:Zq7secret@nowhere:x")]
    [InlineData("Start-MxClient -Forward wss://h/ -Doh https://a:Zq7secret@dns.example/")]
    [InlineData("Test-MxConfig socks5://a:Zq7secret@127.0.0.1:0")]
    [InlineData("Test-MxConfig a:Zq7secret@127.0.0.1:0")]
    [InlineData("Test-MxConfig -LiteralPath socks5://a:Zq7secret@127.0.0.1:0")]
    [InlineData("Test-MxTunnel socks5://a:Zq7secret@h:x example.com:80")]
    [InlineData("Test-MxTunnel a:Zq7secret@h:1 example.com:80")]
    [InlineData("Test-MxTunnel 'tunnel://h?psk=Zq7secret&x=y' example.com:80")]
    [InlineData("Test-MxTunnel direct socks5://a:Zq7secret@h")]
    [InlineData("Get-MxEchConfig example.com -Doh https://a:Zq7secret@127.0.0.1/")]
    [InlineData("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge; Set-MxConfig edge socks5://a:Zq7secret@h")]
    [InlineData("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge; Set-MxConfig edge a:Zq7secret@h:1")]
    [InlineData("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge; Set-MxConfig edge -Probe socks5://a:Zq7secret@h")]
    [InlineData("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge; Test-MxRoute socks5://a:Zq7secret@h -Server edge")]
    [InlineData("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge; Test-MxExit direct -Target tcp://a:Zq7secret@h:1")]
    public void No_error_repeats_a_secret(string script)
    {
        string told = Told(script, out int errors);
        Assert.NotEqual(0, errors);
        Assert.DoesNotContain(Secret, told, StringComparison.Ordinal);
        Assert.DoesNotContain("Zq7", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Start-MxServer -Listen ws://127.0.0.1:0/ -Token @{ a = 'Zq7secret' }")]
    [InlineData("Start-MxServer -Listen ws://127.0.0.1:0/ -Token 'Zq7 secret'")]
    [InlineData("Start-MxServer -Listen ws://127.0.0.1:0/ -Token (ConvertTo-SecureString 'Zq7 secret' -AsPlainText)")]
    [InlineData("Start-MxServer -Listen tcp://127.0.0.1:0/h:1 -Credential (New-Object pscredential a, (ConvertTo-SecureString Zq7secret -AsPlainText))")]
    [InlineData("Start-MxServer -Listen mixed://127.0.0.1:0 -PresharedKey Zq7secret")]
    [InlineData("Start-MxServer -Listen 'tunnel://127.0.0.1:0?self_signed=true' -PresharedKey Zq7")]
    [InlineData("Test-MxTunnel direct example.com:80 -PresharedKey Zq7secret")]
    [InlineData("Test-MxTunnel direct example.com:80 -Token Zq7secret")]
    public void No_error_repeats_a_secret_that_is_a_parameter_of_its_own(string script)
    {
        string told = Told(script, out int errors);
        Assert.NotEqual(0, errors);
        Assert.DoesNotContain("Zq7", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("007")]
    [InlineData("'007'")]
    [InlineData("(ConvertTo-SecureString 007 -AsPlainText)")]
    public void A_secret_is_text_as_it_was_written_or_a_secure_string(string secret) =>
        Assert.Equal("007", Assert.Single(_session.Run(
            $"function Get-It {{ param([MultiExit.SecretText()][securestring] $It) ConvertFrom-SecureString $It -AsPlainText }}; "
            + $"Get-It {secret}").Output).BaseObject);

    [Fact]
    public void A_credential_lets_a_client_in_and_logs_in_at_the_upstream()
    {
        Assert.Equal("True", $"{Assert.Single(_session.Run("""
            $user = New-Object pscredential alice, (ConvertTo-SecureString 'p:@ss/word' -AsPlainText)
            $other = New-Object pscredential bob, (ConvertTo-SecureString 'another' -AsPlainText)
            $hop = (Start-MxServer -Listen socks5://127.0.0.1:0 -Credential $user -Name hop -PassThru).Listeners[0].EndPoint
            $edge = (Start-MxServer -Listen http://127.0.0.1:0 -Credential $other `
                -Forward socks5://$hop -ForwardCredential $user -Name edge -PassThru).Listeners[0].EndPoint
            $target = (Start-MxServer -Listen http://127.0.0.1:0 -Name target -PassThru).Listeners[0].EndPoint
            $good = Test-MxTunnel http://$edge $target -Credential $other
            $bad = Test-MxTunnel http://$edge $target -Credential $user
            $good.Success -and $bad.Reason -eq 'ProxyAuthenticationFailed'
            """).Output)}");
    }

    [Fact]
    public void A_preshared_key_opens_a_tunnel()
    {
        Assert.Equal("True", $"{Assert.Single(_session.Run("""
            $key = ConvertTo-SecureString 'the-old-oak-tree' -AsPlainText
            $edge = (Start-MxServer -Listen 'tunnel://127.0.0.1:0?self_signed=true&private_destinations=allow' `
                -PresharedKey $key -Name edge -PassThru).Listeners[0].EndPoint
            $target = (Start-MxServer -Listen http://127.0.0.1:0 -Name target -PassThru).Listeners[0].EndPoint
            (Test-MxTunnel tunnel://$edge $target -PresharedKey $key).Success
            """).Output)}");
    }

    [Fact]
    public void No_object_or_stream_of_a_server_from_urls_has_a_secret()
    {
        string told = Told("""
            Start-MxServer -Listen socks5://a:Zq7secret@127.0.0.1:0, 'tunnel://127.0.0.1:0?psk=Zq7secret&self_signed=true' `
                -Forward http://b:Zq7secret@127.0.0.1:1 -Name edge -PassThru
            Start-MxServer -Listen wss://127.0.0.1:0/ -Token Zq7secret -Name ech -PassThru
            Start-MxServer -Listen socks5://a:Zq7secret@127.0.0.1:0 -WhatIf
            Get-MxServer; Get-MxConfig; Get-MxUser; Get-MxExit; Test-MxRoute example.com:80; Stop-MxServer * -PassThru
            """, out int errors);
        Assert.Equal(0, errors);
        Assert.Contains("edge", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Zq7", told, StringComparison.Ordinal);
    }

    // Everything that a program or a person can see, the script's own text aside.
    private string Told(string script, out int errors)
    {
        using PowerShell shell = _session.Create(
            "$VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'; "
            + $"try {{ {script} }} catch {{ Write-Error -ErrorRecord $_ }}");
        List<string> told = [];
        foreach (PSObject item in shell.Invoke())
        {
            told.Add($"{item}");
            told.Add(PSSerializer.Serialize(item, 4));
        }
        told.AddRange(shell.Streams.Verbose.Select(record => record.Message));
        told.AddRange(shell.Streams.Debug.Select(record => record.Message));
        told.AddRange(shell.Streams.Warning.Select(record => record.Message));
        told.AddRange(shell.Streams.Information.Select(record => $"{record.MessageData}"));
        errors = shell.Streams.Error.Count;
        foreach (ErrorRecord error in shell.Streams.Error)
        {
            told.AddRange([$"{error}", error.FullyQualifiedErrorId, error.CategoryInfo.GetMessage(), error.CategoryInfo.TargetName, $"{error.ErrorDetails}"]);
            told.Add(error.TargetObject is string[] items ? string.Join(' ', items) : $"{error.TargetObject}");
            // The stack of an exception has no values.
            for (Exception? exception = error.Exception; exception is not null; exception = exception.InnerException) told.Add(exception.Message);
            if (error.Exception.GetType().GetProperty("ConfigErrors")?.GetValue(error.Exception) is object[] faults)
                told.AddRange(faults.Select(fault => $"{fault}"));
        }
        return string.Join('\n', told);
    }
}
