using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Get-MxTraffic: what went through, top talkers first.</summary>
public sealed class TrafficTests : IDisposable
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
    public async Task Inbounds_are_ranked_by_their_bytes_with_share_and_points()
    {
        await StartAsync();
        PSObject[] rows = [.. _session.Run("Get-MxTraffic -By inbound").Output];
        Assert.Equal(["large", "small"], rows.Select(row => $"{row.Properties["Inbound"].Value}"));
        Assert.Equal(["large", "small"], rows.Select(row => $"{row}"));
        Assert.Equal([3000L, 1000L], rows.Select(row => row.Properties["BytesUp"].Value));
        Assert.Equal([0.75, 0.25], rows.Select(row => row.Properties["Share"].Value));
        Assert.All(rows, row => Assert.Equal(("kept", 1L, 0L, null), (
            row.Properties["Server"].Value, row.Properties["Sessions"].Value, row.Properties["Failed"].Value, row.Properties["ChangeToLastWeek"].Value)));
        Assert.All(rows, row => Assert.Null(row.Properties["User"].Value));
        PSObject[] points = PointsOf(rows[0]);
        Assert.InRange(points.Length, 24, 26);
        Assert.Equal(3000, points.Sum(point => (long)point.Properties["BytesUp"].Value));
        Assert.Equal(0L, points[0].Properties["Sessions"].Value);
        Assert.Single(_session.Run("Get-MxTraffic -By inbound -Top 1").Output);
        PSObject both = _session.Run("Get-MxTraffic -By exit, inbound -Since 2h -Step 5m").Output[0];
        Assert.Equal("direct large", $"{both}");
        Assert.InRange(PointsOf(both).Length, 24, 26);
        Assert.Equal("(no user)", $"{Assert.Single(_session.Run("Get-MxTraffic").Output)}");
        Assert.Empty(_session.Run("Get-MxTraffic -Until 1d").Output);
        Assert.InRange(PointsOf(Assert.Single(_session.Run("Get-MxTraffic -Since 30d").Output)).Length, 30, 31);
    }

    [Fact]
    public async Task A_plot_is_lines_of_text_on_the_stream_of_the_host()
    {
        await StartAsync();
        string[] lines = [.. _session.Run("Get-MxTraffic -By inbound -Plot 6>&1").Output.Select(line => $"{line}")];
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("kept: bytes by inbound, ", lines[0], StringComparison.Ordinal);
        Assert.Matches("^  large █+ +[0-9.,]+ KB +75.?%$", lines[1]);
        Assert.Matches("^  small █+[▏▎▍▌▋▊▉]? +[0-9.,]+ KB +25.?%$", lines[2]);
        Assert.InRange(lines[1].Count(c => c == '█'), 3 * lines[2].Count(c => c == '█'), 3 * lines[2].Count(c => c == '█') + 3);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 120));
        Assert.Empty(_session.Run("Get-MxTraffic -Plot 6>$null").Output);
        Assert.Contains("nothing went through", string.Concat(_session.Run("Get-MxTraffic -Plot -Until 1d 6>&1").Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_fits_80_columns_and_has_a_line_of_blocks()
    {
        await StartAsync();
        string[] lines = [.. _session.Run("Get-MxTraffic -By inbound,exit -Since 30d | Out-String -Width 80 -Stream").Output.Select(line => $"{line}")];
        string row = Assert.Single(lines, line => line.StartsWith("direct large ", StringComparison.Ordinal));
        Assert.EndsWith("█", row.TrimEnd(), StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        string behind = string.Concat(_session.Run(
            "using namespace System.Management.Automation; [PSSerializer]::Deserialize([PSSerializer]::Serialize((Get-MxTraffic -By inbound)[0], 2))"
            + " | Out-String -Width 80").Output);
        Assert.Contains("█", behind, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Since yesterday", "how long ago it is: 30d, 12h")]
    [InlineData("-Since 4000d", "is out of range")]
    [InlineData("-Since 5", "is no time")]
    [InlineData("-Since 2026-01-02 -Until 2026-01-01", "-Since is not before -Until")]
    [InlineData("-Since 30d -Step 5m", "2016 is the most")]
    [InlineData("-By session", "session")]
    public void What_is_not_understood_is_refused_with_what_is_expected(string arguments, string expected) =>
        Assert.Contains(expected, $"{_session.Fail("Get-MxTraffic " + arguments)}", StringComparison.Ordinal);

    [Fact]
    public void A_server_without_a_history_is_an_error_of_its_own()
    {
        string file = Path.Combine(_folder.Path, "none.yaml");
        File.WriteAllText(file, "name: none\ninbounds: [{ name: in, type: socks5, listen: \"127.0.0.1:0\" }]\n");
        _session.Run($"Start-MxServer '{file}'");
        Assert.StartsWith("ServerState,", _session.Fail("Get-MxTraffic").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("0, 1, 50, 100", " ▁▅█")]
    [InlineData("0, 0", "  ")]
    [InlineData("@(0) * 16 + @(4) * 16 + @(8) * 16 + @(2) * 16", "    ▅▅▅▅████▃▃▃▃")]
    public void A_sparkline_has_a_block_as_high_as_each_value(string values, string expected) => Assert.Equal(expected, Text(
        $"[MultiExit.TableText]::Sparkline(@(@({values}) | ForEach-Object {{ [pscustomobject]@{{ BytesUp = $_; BytesDown = $_ }} }}))"));

    [Theory]
    [InlineData("0.25", "+25%")]
    [InlineData("-0.5", "-50%")]
    [InlineData("0.0", "0%")]
    [InlineData("9.99", "+999%")]
    [InlineData("11.0", "x12")]
    [InlineData("1e9", "x99999")]
    [InlineData("$null", "")]
    public void A_change_is_a_percentage_or_a_multiple(string change, string expected) =>
        Assert.Equal(expected, Text($"[MultiExit.TableText]::Change({change})"));

    private string Text(string script) => $"{Assert.Single(_session.Run(script).Output)}";

    private static PSObject[] PointsOf(PSObject row) =>
        [.. ((System.Collections.IEnumerable)row.Properties["Points"].Value).Cast<object>().Select(PSObject.AsPSObject)];

    private async Task StartAsync()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        string file = Path.Combine(_folder.Path, "kept.yaml");
        await File.WriteAllTextAsync(file, $$"""
            name: kept
            inbounds:
              - { name: small, type: forward, listen: "127.0.0.1:0", target: "{{target.LocalEndpoint}}" }
              - { name: large, type: forward, listen: "127.0.0.1:0", target: "{{target.LocalEndpoint}}" }
            records: { path: r.db }
            """);
        PSObject[] ports = [.. _session.Run($"(Start-MxServer '{file}' -PassThru).Listeners.EndPoint.Port").Output];
        for (int i = 0; i < 2; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, (int)ports[i].BaseObject);
            using Socket served = await target.AcceptSocketAsync().WaitAsync(Session.Limit);
            int bytes = i == 0 ? 1000 : 3000;
            await client.GetStream().WriteAsync(new byte[bytes]);
            byte[] read = new byte[bytes];
            using var stream = new NetworkStream(served);
            await stream.ReadExactlyAsync(read).AsTask().WaitAsync(Session.Limit);
        }
        DateTime end = DateTime.UtcNow + Session.Limit;
        while ((long)Assert.Single(_session.Run("[long](Get-MxTraffic | Measure-Object BytesUp -Sum).Sum").Output).BaseObject < 4000)
            Assert.True(DateTime.UtcNow < end, "the history did not come");
    }
}
