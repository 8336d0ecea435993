using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

public sealed partial class RunCommandTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task Without_a_file_every_stop_signal_ends_it_with_0(string signal)
    {
        using HostProcess host = HostProcess.Start(["run", "--listen", "mixed://127.0.0.1:0"]);
        string line = (await host.ReadLineAsync())!;
        Assert.Matches(@"^multiexit \S+ listening: mixed 127\.0\.0\.1:\d+  try: curl -x socks5h://127\.0\.0\.1:\d+ https://example\.com/$", line);
        host.Signal(signal);
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task Systemd_is_told_of_readiness_reload_and_stop()
    {
        using var file = new TemporaryFile(Config("127.0.0.1:0"));
        using var socket = new NotifySocket(isAbstract: true);
        using HostProcess host = HostProcess.Start(["run", "--config", file.Path], socket.Address);
        string line = (await host.ReadLineAsync())!;
        Assert.Equal($"READY=1\nSTATUS={line}", await socket.ReceiveAsync());

        host.Signal("HUP");
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await socket.ReceiveAsync(), StringComparison.Ordinal);
        Assert.StartsWith("READY=1\nSTATUS=multiexit", await socket.ReceiveAsync(), StringComparison.Ordinal);

        host.Signal("TERM");
        Assert.Equal("STOPPING=1", await socket.ReceiveAsync());
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task A_hang_up_puts_the_changed_file_in_force()
    {
        using var file = new TemporaryFile(Config("127.0.0.1:0"));
        using var socket = new NotifySocket(isAbstract: true);
        using HostProcess host = HostProcess.Start(["run", "--config", file.Path], socket.Address);
        int before = Port(await socket.ReceiveAsync());

        file.Write(Config("127.0.0.1:0", "127.0.0.1:0"));
        host.Signal("HUP");
        await socket.ReceiveAsync();
        string status = await socket.ReceiveAsync();
        Assert.Equal(2, Ports().Count(status));
        Assert.Equal(before, Port(status));
        host.Signal("TERM");
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task A_hang_up_with_a_faulty_file_changes_nothing()
    {
        using var file = new TemporaryFile(Config("127.0.0.1:0"));
        using var socket = new NotifySocket(isAbstract: true);
        using HostProcess host = HostProcess.Start(["run", "--config", file.Path], socket.Address);
        int port = Port(await socket.ReceiveAsync());

        file.Write("inbounds: [{ name: a, type: mixd }]");
        host.Signal("HUP");
        await socket.ReceiveAsync();
        Assert.StartsWith("READY=1\nSTATUS=not reloaded", await socket.ReceiveAsync(), StringComparison.Ordinal);
        using (var client = new TcpClient())
            await client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(HostProcess.Limit);

        host.Signal("TERM");
        Assert.Equal(0, await host.ExitAsync());
        Assert.Contains($"{file.Path}:1:", await host.ErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watched_file_is_put_in_force_and_a_faulty_one_is_not()
    {
        using var file = new TemporaryFile(Config("127.0.0.1:0"));
        using HostProcess host = HostProcess.Start(["run", "--watch", "--config", file.Path]);
        await host.ReadLineAsync();
        file.Write("inbounds: [{ name: a, type: mixd }]");
        await host.ErrorLineAsync("MX1004");
        file.Write(Config("127.0.0.1:0", "127.0.0.1:0"));
        await host.ErrorLineAsync("MX1003");
        host.Signal("TERM");
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task A_stop_waits_for_live_sessions()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        using HostProcess host = HostProcess.Start(["run", "--listen", $"tcp://127.0.0.1:0/{target.LocalEndpoint}"]);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port((await host.ReadLineAsync())!));
        using TcpClient served = await target.AcceptTcpClientAsync().WaitAsync(HostProcess.Limit);

        host.Signal("TERM");
        // Draining, not ended: bytes still pass after the stop was asked for.
        await served.GetStream().WriteAsync("late"u8.ToArray());
        byte[] late = new byte[4];
        await client.GetStream().ReadExactlyAsync(late).AsTask().WaitAsync(HostProcess.Limit);
        client.Dispose();
        served.Dispose();
        Assert.Equal(0, await host.ExitAsync());
    }

    [Fact]
    public async Task A_second_stop_ends_live_sessions_at_once()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        using var socket = new NotifySocket(isAbstract: true);
        using HostProcess host = HostProcess.Start(["run", "--listen", $"tcp://127.0.0.1:0/{target.LocalEndpoint}"], socket.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port(await socket.ReceiveAsync()));
        using TcpClient served = await target.AcceptTcpClientAsync().WaitAsync(HostProcess.Limit);

        host.Signal("TERM");
        Assert.Equal("STOPPING=1", await socket.ReceiveAsync());
        long started = Environment.TickCount64;
        host.Signal("TERM");
        Assert.Equal(0, await host.ExitAsync());
        // The default drain would be 30 s.
        Assert.InRange(Environment.TickCount64 - started, 0, 25_000);
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence_and_code_4()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        (int exitCode, string output, string error) = await HostProcess.RunAsync("run", "--listen", $"mixed://{busy.LocalEndpoint}");
        Assert.Equal(((int)ExitCode.Address, ""), (exitCode, output));
        Assert.Contains($"cannot listen on {busy.LocalEndpoint}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_host_is_code_4()
    {
        (int exitCode, _, string error) = await HostProcess.RunAsync("run", "--listen", "mixed://192.0.2.1:1080");
        Assert.Equal((int)ExitCode.Address, exitCode);
        Assert.Contains("192.0.2.1", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen", "gopher://127.0.0.1:70")]
    [InlineData("--forward", "gopher://127.0.0.1:70")]
    [InlineData("--config", "/nowhere/edge.yaml")]
    public async Task A_faulty_configuration_is_code_3(params string[] args)
    {
        (int exitCode, string output, string error) = await HostProcess.RunAsync(["run", .. args]);
        Assert.Equal(((int)ExitCode.InvalidConfiguration, ""), (exitCode, output));
        Assert.NotEmpty(error);
    }

    private static string Config(params string[] listen) =>
        "inbounds:\n" + string.Concat(listen.Select((address, i) => $"  - {{ name: in{i}, type: mixed, listen: \"{address}\" }}\n"));

    private static int Port(string text) => int.Parse(Ports().Match(text).Groups["port"].Value);

    [GeneratedRegex(@"(?:mixed|forward) 127\.0\.0\.1:(?<port>\d+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Ports();
}
