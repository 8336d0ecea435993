using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>The end of servers when their pwsh ends: each test has a pwsh of its own.</summary>
public sealed class SessionEndTests : IDisposable
{
    private const string InBackground = "(Start-MxServer $file -PassThru).Listeners[0].EndPoint.Port; $null = [Console]::In.ReadLine(); exit 3";
    private const string InForeground = "Start-MxServer $file -Wait -PassThru | ForEach-Object { $_.Listeners[0].EndPoint.Port }; 'behind'";

    private readonly TempFolder _folder = new();
    private readonly TcpListener _target = new(IPAddress.Loopback, 0);
    // That of the server; once it is free, nobody else gets it.
    private readonly IPEndPoint _web = OwnEndPoints.Next();
    private readonly List<IDisposable> _open = [];

    public SessionEndTests() => _target.Start();

    public void Dispose()
    {
        foreach (IDisposable item in _open) item.Dispose();
        _target.Dispose();
        _folder.Dispose();
    }

    [UnixTheory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_ends_pwsh_once_its_sessions_have_ended(string signal, int exitCode)
    {
        using ChildShell shell = Start(InBackground, "10m");
        Assert.Equal(exitCode, (await DrainAsync(shell, signal)).ExitCode);
        AssertKept("ok");
    }

    [UnixFact]
    public async Task A_signal_ends_pwsh_after_five_seconds_whatever_the_sessions_do()
    {
        using ChildShell shell = Start(InBackground, "10m");
        await ConnectAsync(shell);
        shell.Signal("TERM");
        Assert.Equal(143, (await shell.EndAsync()).ExitCode);
        AssertKept("drain");
    }

    [UnixFact]
    public async Task A_second_signal_ends_pwsh_at_once()
    {
        // The first signal alone would take longer than the test waits for a shell.
        using ChildShell shell = Start(
            "(Get-Command Start-MxServer).ImplementingType.Assembly.GetType('MultiExit.SessionEnd')"
            + $".GetProperty('DrainLimit').SetValue($null, [timespan]::FromHours(1)); {InBackground}",
            "10m");
        await SignalTwiceAsync(shell, "TERM");
        Assert.Equal(143, (await shell.EndAsync()).ExitCode);
        AssertKept("drain");
    }

    [Fact]
    public async Task The_end_of_pwsh_waits_for_no_longer_than_the_configuration_says_and_keeps_its_exit_code()
    {
        using ChildShell shell = Start(InBackground, "200ms");
        await ConnectAsync(shell);
        shell.WriteLine();
        Assert.Equal(3, (await shell.EndAsync()).ExitCode);
        AssertKept("drain");
    }

    [UnixTheory]
    [InlineData("TERM", "behind")]
    [InlineData("INT", "")]
    public async Task A_signal_at_Wait_drains_and_ends_with_0(string signal, string behind)
    {
        using ChildShell shell = Start(InForeground, "10m");
        (int exitCode, string[] output) = await DrainAsync(shell, signal);
        Assert.Equal(0, exitCode);
        Assert.Contains("1 session may go on", output[0], StringComparison.Ordinal);
        Assert.Equal(behind, string.Concat(output[1..]));
        AssertKept("ok");
    }

    [UnixTheory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_second_signal_at_Wait_ends_at_once_and_with_0(string signal)
    {
        using ChildShell shell = Start(InForeground, "10m");
        await SignalTwiceAsync(shell, signal);
        Assert.Equal(0, (await shell.EndAsync()).ExitCode);
        AssertKept("drain");
    }

    // The signal comes as soon as the control socket is there, while everything else is still being started.
    [UnixTheory]
    [InlineData("TERM", "")]
    [InlineData("HUP", "")]
    [InlineData("TERM", "-Wait")]
    [InlineData("INT", "-Wait")]
    [InlineData("HUP", "-Wait")]
    public async Task A_signal_during_the_start_leaves_no_control_socket(string signal, string wait)
    {
        using ChildShell shell = Start($"'begins'; Start-MxServer $file {wait}; $null = [Console]::In.ReadLine()", "10m");
        Assert.Equal("begins", await shell.ReadLineAsync());
        Assert.True(SpinWait.SpinUntil(() => Path.Exists(_folder["edge.sock"]), Session.Limit));
        shell.Signal(signal);
        // A script at the prompt of -Wait goes on after it.
        shell.WriteLine();
        await shell.EndAsync();
        Assert.False(Path.Exists(_folder["edge.sock"]));
    }

    [UnixFact]
    public async Task The_end_of_the_process_is_watched_before_a_server_starts()
    {
        using ChildShell shell = new("""
            $busy = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $busy.Start()
            try { Start-MxServer -Listen "mixed://$($busy.LocalEndpoint)" } catch { }
            [MultiExit.MxServer].Assembly.GetType('MultiExit.SessionEnd').GetField('_registrations', 'NonPublic,Static').GetValue($null).Count
            """);
        Assert.Equal("2", await shell.ReadLineAsync());
    }

    [Fact]
    public async Task Names_and_numbers_do_not_depend_on_the_culture()
    {
        using ChildShell shell = new("""
            Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge-i
            [cultureinfo]::CurrentCulture = 'tr-TR'
            "$((Get-MxServer EDGE-I).Name) $((Get-MxServer EDGE-?).Name) $(('EDGE-I' | Get-MxExit DIRECT).Server) $((Get-MxUser -Server EDGE-I).Count)"
            try { Start-MxServer -Listen mixed://127.0.0.1:0 -Name EDGE-I } catch { $_.FullyQualifiedErrorId }
            Stop-MxServer EDGE-I
            "$(@(Get-MxServer).Count) left"
            [cultureinfo]::CurrentCulture = 'de-DE'
            $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $silent.Start()
            (Test-MxTunnel "socks5://$($silent.LocalEndpoint)" 192.0.2.1:1 -Timeout 0.2 -ErrorAction SilentlyContinue -ErrorVariable failure).Error
            "$failure"
            """);
        Assert.Equal("edge-i edge-i edge-i 0", await shell.ReadLineAsync());
        string[] output = (await shell.EndAsync()).Output;
        Assert.StartsWith("ServerExists,", output[0], StringComparison.Ordinal);
        Assert.Equal("0 left", output[1]);
        Assert.Contains("0.2 s", string.Concat(output[2..]), StringComparison.Ordinal);
    }

    private ChildShell Start(string script, string drainTimeout)
    {
        string secret = _folder.Write("alice.secret", "wonderland");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string file = _folder.Write("edge.yaml", $$"""
            name: edge
            inbounds: [{ name: web, type: socks5, listen: "{{_web}}", users: { alice: { password: { file: "{{secret}}" } } } }]
            limits: { drain_timeout: {{drainTimeout}}, usage_file: "{{_folder["usage.json"]}}", users: { alice: { quota: 1GB } } }
            control: { socket: "{{_folder["edge.sock"]}}" }
            logging: { access: "{{_folder["access.log"]}}" }
            """);
        return new ChildShell($"$file = '{file}'; {script}");
    }

    // A signal while a session is open, which goes on and then ends.
    private async Task<(int ExitCode, string[] Output)> DrainAsync(ChildShell shell, string signal)
    {
        (TcpClient client, TcpClient served) = await ConnectAsync(shell);
        shell.Signal(signal);
        await WhenRefusedAsync();
        await ExchangeAsync(client, served);
        client.Dispose();
        served.Dispose();
        return await shell.EndAsync();
    }

    // The second signal while the first one waits for a session that stays open.
    private async Task SignalTwiceAsync(ChildShell shell, string signal)
    {
        await ConnectAsync(shell);
        shell.Signal(signal);
        await WhenRefusedAsync();
        shell.Signal(signal);
    }

    // A session that has moved something.
    private async Task<(TcpClient Client, TcpClient Served)> ConnectAsync(ChildShell shell)
    {
        Assert.Equal($"{_web.Port}", await shell.ReadLineAsync());
        TcpClient client = new();
        _open.Add(client);
        await client.ConnectAsync(_web).WaitAsync(Session.Limit);
        int target = ((IPEndPoint)_target.LocalEndpoint).Port;
        // RFC 1928 and 1929
        await AskAsync(client, [5, 1, 2], 2);
        await AskAsync(client, [1, 5, .. "alice"u8, 10, .. "wonderland"u8], 2);
        Assert.Equal(0, (await AskAsync(client, [5, 1, 0, 1, 127, 0, 0, 1, (byte)(target >> 8), (byte)target], 10))[1]);
        TcpClient served = await _target.AcceptTcpClientAsync().WaitAsync(Session.Limit);
        _open.Add(served);
        await ExchangeAsync(client, served);
        return (client, served);
    }

    private static async Task ExchangeAsync(TcpClient client, TcpClient served)
    {
        await served.GetStream().WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello", Encoding.ASCII.GetString(await AskAsync(client, [], 5)));
    }

    private static async Task<byte[]> AskAsync(TcpClient client, byte[] request, int length)
    {
        await client.GetStream().WriteAsync(request);
        byte[] answer = new byte[length];
        await client.GetStream().ReadExactlyAsync(answer).AsTask().WaitAsync(Session.Limit);
        return answer;
    }

    // From here on the stop has begun.
    private async Task WhenRefusedAsync()
    {
        using CancellationTokenSource limit = new(Session.Limit);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            try
            {
                using TcpClient probe = new();
                await probe.ConnectAsync(_web, limit.Token);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private void AssertKept(string outcome)
    {
        Assert.False(Path.Exists(_folder["edge.sock"]));
        Assert.Contains("\"alice\":", File.ReadAllText(_folder["usage.json"]), StringComparison.Ordinal);
        string line = Assert.Single(Directory.GetFiles(_folder.Path, "access*").SelectMany(File.ReadAllLines));
        Assert.Contains($" {outcome} ", line, StringComparison.Ordinal);
    }
}
