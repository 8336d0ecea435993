using System.Management.Automation;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Durations and sizes as parameters: the notation of the configuration, and no value that PowerShell has converted before.</summary>
public sealed class ValueTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("20", 20)]
    [InlineData("20s", 20)] // to PowerShell a 16-bit integer
    [InlineData("'20s'", 20)]
    [InlineData("1.5", 1.5)]
    [InlineData("'20'", 20)]
    [InlineData("500ms", 0.5)]
    [InlineData("2m", 120)]
    [InlineData("1h", 3600)]
    [InlineData("'1d'", 86400)]
    [InlineData("1d", 86400)] // to PowerShell the decimal number 1
    [InlineData("1.5s", 1.5)] // to PowerShell 2
    [InlineData("0.5d", 43200)]
    [InlineData("'1.5h'", 5400)]
    [InlineData("00:01:30", 90)]
    [InlineData("1.00:00:00", 86400)]
    [InlineData("([timespan]::FromSeconds(3))", 3)]
    [InlineData("([psobject] [timespan]::FromSeconds(3))", 3)]
    [InlineData("0", 0)]
    public void A_duration_is_in_seconds_or_has_a_unit(string text, double seconds)
    {
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) =
            _session.Run($"function Get-It {{ param([MultiExit.Duration()][timespan] $It) $It }}; Get-It {text}");
        Assert.Empty(errors);
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(output).BaseObject);
    }

    [Theory]
    [InlineData("$wait = 1d; Set-MxConfig x -ConfirmWithin $wait", "'1d'")]
    [InlineData("Set-MxConfig x -ConfirmWithin (1d)", "'1d'")]
    [InlineData("$how = @{ ConfirmWithin = 1d }; Set-MxConfig x @how", "'1d'")]
    [InlineData("Set-MxConfig x -ConfirmWithin 1.5d", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin 1y", "'1y' is no duration")]
    [InlineData("Set-MxConfig x -ConfirmWithin 1us", "'1us' is no duration")]
    [InlineData("Set-MxConfig x -ConfirmWithin 1n", "is no duration")]
    [InlineData("Set-MxConfig x -ConfirmWithin 1kb", "'1kb' is no duration")]
    [InlineData("Set-MxConfig x -ConfirmWithin 2d", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin -5", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin (-5)", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin -5s", "is no duration")]
    [InlineData("Set-MxConfig x -ConfirmWithin ([timespan]::FromSeconds(-5))", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin 500ms", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin '2d'", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin 1e300", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin ([double]::NaN)", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin 9999999999h", "from 1s to 1d")]
    [InlineData("Set-MxConfig x -ConfirmWithin soon", "is no duration")]
    [InlineData("Set-MxConfig x -ConfirmWithin 1.5.5s", "is no duration")]
    [InlineData("Set-MxConfig x -ConfirmWithin .s", "is no duration")]
    [InlineData("Set-MxConfig x -ConfirmWithin (Get-Date)", "is no duration")]
    [InlineData("Stop-MxServer x -Deadline -1", "from 0s to 1d")]
    [InlineData("Stop-MxServer x -Deadline (1d)", "'1d'")]
    [InlineData("Test-MxExit x -Timeout 0", "from 1ms to 5m")]
    [InlineData("Test-MxExit x -Timeout 1d", "from 1ms to 5m")]
    [InlineData("Test-MxTunnel direct 192.0.2.1:1 -Timeout 2h", "from 1ms to 1h")]
    public void A_wrong_duration_is_refused_with_the_forms_there_are(string script, string hint)
    {
        string message = Refused(script);
        Assert.Contains(hint, message, StringComparison.Ordinal);
        Assert.Contains("500ms, 10s, 5m, 1h or 1d, a number of seconds, or a TimeSpan", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$quota = 500GB; Set-MxUser bob -Quota $quota")] // to PowerShell 500 * 2^30
    [InlineData("Set-MxUser bob -Quota (500GB)")]
    [InlineData("Set-MxUser bob -Quota 500")]
    [InlineData("Set-MxUser bob -Quota (-1)")]
    [InlineData("Set-MxUser bob -Bandwidth (10MB)")]
    public void A_size_that_PowerShell_has_read_is_refused_with_the_forms_there_are(string script) =>
        Assert.Contains("KiB, MiB, GiB (1024), such as '", Refused(script), StringComparison.Ordinal);

    [Theory]
    [InlineData("500GB")]
    [InlineData("'500GB'")]
    [InlineData("none")]
    public void A_size_is_taken_as_it_is_written(string text)
    {
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) =
            _session.Run($"function Get-It {{ param([MultiExit.Size('1GB')][string] $It) $It }}; Get-It {text}");
        Assert.Empty(errors);
        Assert.Equal(text.Trim('\''), Assert.Single(output).BaseObject);
    }

    [Fact]
    public void Every_parameter_that_is_a_duration_reads_it_so()
    {
        string[] bare = [.. _session.Run("""
            Get-Command -Module MultiExit | ForEach-Object { $cmdlet = $_; $_.Parameters.Values |
                Where-Object { $_.ParameterType -in [timespan], [Nullable[timespan]] -and
                    -not ($_.Attributes | Where-Object { $_ -is [MultiExit.DurationAttribute] }) } |
                ForEach-Object { "$cmdlet -$($_.Name)" } }
            """).Output.Select(output => output.ToString())];
        Assert.Empty(bare);
    }

    private string Refused(string script)
    {
        ErrorRecord error = _session.Fail(script);
        Assert.StartsWith("ParameterArgumentTransformationError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        return error.Exception.Message;
    }
}
