using System.Net;
using System.Net.Sockets;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>What the tab key offers.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TempFolder _folder = new();
    private readonly TcpListener _target = new(IPAddress.Loopback, 0);
    private readonly TcpClient _client = new();
    private readonly int _login;

    public CompletionTests()
    {
        _target.Start();
        string file = _folder.Write("edge.yaml", $$"""
            name: edge
            inbounds:
              - { name: web, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 }, "b.b": { password: b1 } } }
              - { name: port, type: forward, listen: "127.0.0.1:0", target: "{{_target.LocalEndpoint}}" }
            exits:
              - { name: "eu.wan:1", type: direct }
              - { name: wan2, type: direct, weight: 3 }
            default: wan2
            limits: { connections: 9, users: { "b.b": { connections: 2 } }, lockout: { failures: 2 } }
            history: { directory: "{{_folder["history"]}}" }
            control: { socket: "{{_folder["edge.sock"]}}" }
            """);
        _folder.Write("notes.txt", "");
        (var ports, var errors) = _session.Run(
            $"Set-Location -LiteralPath '{_folder.Path}'; (Start-MxServer '{file}' -PassThru).Listeners.EndPoint.Port; "
            + "Set-MxConfig edge -Set @{ 'limits.connections' = 8 }");
        Assert.Empty(errors);
        _login = (int)ports[0].BaseObject;
        _client.Connect(IPAddress.Loopback, (int)ports[1].BaseObject);
        using TcpClient served = _target.AcceptTcpClient();
    }

    private string Target => _target.LocalEndpoint.ToString()!;

    public void Dispose()
    {
        _client.Dispose();
        _session.Run("Stop-MxServer *");
        _session.Dispose();
        _target.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("Get-MxSession -User ", "alice b.b")]
    [InlineData("Get-MxSession -User b", "b.b")]
    [InlineData("Get-MxSession -Inbound ", "web port")]
    [InlineData("Get-MxSession -Exit w", "wan2")]
    [InlineData("Get-MxSession -Exit e", "'eu.wan:1'")]
    [InlineData("Get-MxSession -Server none -User ", "")]
    [InlineData("Get-MxSession -Socket ./edge.sock -User ", "alice b.b")]
    [InlineData("Get-MxSession -Socket *.sock -User ", "alice b.b")]
    [InlineData("Test-MxRoute -User a", "alice")]
    [InlineData("Test-MxRoute -Inbound p", "port")]
    [InlineData("Test-MxRoute 192.0.2.1:1 -Config ./edge.yaml -Inbound w", "web")]
    [InlineData("Stop-MxSession -Id ", "1")]
    [InlineData("Restore-MxConfigVersion ", "2 1")]
    [InlineData("Compare-MxConfigVersion 1 -With ", "2 1")]
    [InlineData("Get-MxConfigVersion edge -Version ", "2 1")]
    [InlineData("Get-MxConfigVersion -HistoryPath ./history -Version ", "2 1")]
    [InlineData("Set-MxConfig edge -Set limits.",
        "@{ 'limits.connections' = 8 } @{ 'limits.users[\"b.b\"].connections' = 2 } @{ 'limits.lockout.failures' = 2 }")]
    [InlineData("Set-MxConfig edge -Set exits[wan2].", "@{ 'exits[wan2].name' = 'wan2' } @{ 'exits[wan2].type' = 'direct' } @{ 'exits[wan2].weight' = 3 }")]
    [InlineData("Set-MxConfig edge -Set inbounds[web].users.alice", "@{ 'inbounds[web].users.alice.password' = '' }")]
    [InlineData("Set-MxConfig edge -Remove exits[w", "'exits[wan2]' 'exits[wan2].name' 'exits[wan2].type' 'exits[wan2].weight'")]
    [InlineData("Set-MxConfig edge -Remove 'exits[e", "'exits[eu.wan:1]' 'exits[eu.wan:1].name' 'exits[eu.wan:1].type'")]
    [InlineData("Set-MxConfig edge -Remove limits.u", "limits.users 'limits.users[\"b.b\"]' 'limits.users[\"b.b\"].connections'")]
    [InlineData("Get-MxLog edge -Id MX100", "MX1000 MX1001 MX1003")]
    [InlineData("Get-MxMetric multiexit.session.", "multiexit.session.started multiexit.session.ended multiexit.session.live multiexit.session.duration")]
    [InlineData("Get-MxServer -Socket ./", "./edge.sock ./edge.yaml ./history ./notes.txt")]
    [InlineData("Get-MxServer -Socket ed", "./edge.sock ./edge.yaml")]
    public void The_values_of_the_running_servers_are_offered(string line, string expected) => Assert.Equal(expected, string.Join(' ', Complete(line)));

    [Theory]
    [InlineData("Get-MxSession -Destination ")]
    [InlineData("Test-MxRoute -Destination ")]
    [InlineData("Test-MxRoute ")]
    public void The_destinations_of_live_sessions_are_offered(string line) => Assert.Equal([$"'{Target}'"], Complete(line));

    [Fact]
    public void The_clients_of_live_sessions_are_offered() => Assert.Equal(["127.0.0.1"], Complete("Test-MxRoute 192.0.2.1:1 -Client "));

    [Fact]
    public void The_sockets_of_services_are_offered_where_nothing_is_typed_and_else_the_files()
    {
        string[] services = Directory.Exists("/run/multiexit") ? [.. Directory.EnumerateFiles("/run/multiexit", "*.sock").Order(StringComparer.Ordinal)] : [];
        Assert.Equal(services.Length > 0 ? services : ["./edge.sock", "./edge.yaml", "./history", "./notes.txt"], Complete("Get-MxServer -Socket "));
    }

    [Fact]
    public void Points_in_time_do_not_depend_on_the_culture()
    {
        // As fi-FI has it, which a system without ICU does not know.
        const string Culture =
            "$dots = [cultureinfo]::InvariantCulture.Clone(); $dots.DateTimeFormat.TimeSeparator = '.'; "
            + "[cultureinfo]::CurrentCulture = $dots";
        for (int i = 0; i < 2; i++) Fail();
        const string Time = @"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d";
        foreach (string line in (string[])["Restore-MxConfigVersion ", "Unlock-MxClient "])
        {
            (var output, var errors) = _session.Run(
                $"{Culture}; (TabExpansion2 '{line}' {line.Length}).CompletionMatches.ToolTip; [cultureinfo]::CurrentCulture = ''");
            Assert.Empty(errors);
            Assert.NotEmpty(output);
            Assert.All(output, tip => Assert.Matches(Time, $"{tip}"));
        }
    }

    // A login that locks the client out.
    private void Fail()
    {
        using TcpClient client = new();
        client.Connect(IPAddress.Loopback, _login);
        client.ReceiveTimeout = (int)Session.Limit.TotalMilliseconds;
        // RFC 1928 and 1929
        client.GetStream().Write([5, 1, 2, 1, 1, (byte)'x', 1, (byte)'y']);
        try
        {
            client.GetStream().ReadExactly(new byte[4]);
        }
        catch (IOException)
        {
            // The login that locks the client out is not answered.
        }
    }

    [Fact]
    public void Every_parameter_for_a_thing_of_a_server_completes()
    {
        string[] bare = [.. _session.Run("""
            Get-Command -Module MultiExit | Where-Object { $_.Parameters.ContainsKey('Socket') } | ForEach-Object { $cmdlet = $_; $_.Parameters.Values |
                Where-Object { $_.Name -in 'Name', 'Server', 'Socket', 'User', 'Exit', 'Inbound', 'Destination', 'Version', 'With', 'Id',
                    'Client', 'Set' -or "$cmdlet $($_.Name)" -eq 'Set-MxConfig Remove' } |
                Where-Object { "$cmdlet $($_.Name)" -ne 'New-MxUser Name' } | # a name that nobody has yet
                Where-Object { "$cmdlet" -ne 'Connect-MxServer' } | # users and sockets of hosts that are not reached yet
                Where-Object { -not ($_.Attributes | Where-Object { $_ -is [ArgumentCompleter] }) } | ForEach-Object { "$cmdlet -$($_.Name)" } }
            """).Output.Select(output => output.ToString())];
        Assert.Empty(bare);
    }

    private string[] Complete(string line)
    {
        (var output, var errors) = _session.Run($"(TabExpansion2 @'\n{line}\n'@ {line.Length}).CompletionMatches.CompletionText");
        Assert.Empty(errors);
        return [.. output.Where(text => text is not null).Select(text => text.ToString())];
    }
}
