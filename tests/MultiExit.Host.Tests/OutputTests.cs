using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

/// <summary>A reader of the output, or the lack of one, has no power over the server.</summary>
public sealed class OutputTests
{
    [Fact(SkipUnless = nameof(IsLinux), Skip = "/dev/full and pipes that are open both ways are Linux's")]
    public async Task Output_to_a_full_device_costs_the_lines_alone()
    {
        using var file = new TemporaryFile(Config);
        using var socket = new NotifySocket(isAbstract: true);
        using Process host = StartInShell("exec \"$@\" >/dev/full 2>/dev/full", file.Path, socket);
        await ReloadAndStopAsync(host, file, socket);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "/dev/full and pipes that are open both ways are Linux's")]
    public async Task Output_to_a_pipe_that_nobody_reads_holds_nothing_up()
    {
        using var file = new TemporaryFile(Config);
        using var folder = new TemporaryFolder();
        using var socket = new NotifySocket(isAbstract: true);
        string pipe = Path.Combine(folder.Path, "pipe");
        // Open both ways there is no reader to wait for, and none that reads; 64 KiB fill it.
        using Process host = StartInShell($"mkfifo {pipe}; exec 3<>{pipe}; head -c 65536 /dev/zero >&3; exec \"$@\" >&3 2>&3", file.Path, socket);
        await ReloadAndStopAsync(host, file, socket);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "/dev/full and pipes that are open both ways are Linux's")]
    public async Task An_error_that_cannot_be_printed_keeps_its_exit_code()
    {
        using var file = new TemporaryFile("inbounds: nonsense");
        using Process start = StartInShell("exec \"$@\" >/dev/full 2>/dev/full", file.Path);
        await start.WaitForExitAsync().WaitAsync(HostProcess.Limit);
        Assert.Equal((int)ExitCode.InvalidConfiguration, start.ExitCode);
    }

    [Fact]
    public async Task A_stop_that_hangs_is_ended_by_the_last_resort()
    {
        TaskCompletionSource ended = new();
        LastResort.Arm(TimeSpan.FromMilliseconds(1), ended.SetResult);
        await ended.Task.WaitAsync(HostProcess.Limit);
    }

    public static bool IsLinux => OperatingSystem.IsLinux();

    private const string Config = "inbounds: [{ name: a, type: mixed, listen: \"127.0.0.1:0\" }]";

    private static async Task ReloadAndStopAsync(Process host, TemporaryFile file, NotifySocket socket)
    {
        string ready = await socket.ReceiveAsync();
        Assert.StartsWith("READY=1", ready, StringComparison.Ordinal);
        file.Write("inbounds: [{ name: a, type: nonsense }]");
        Signal(host, "HUP");
        await socket.ReceiveAsync();
        Assert.StartsWith("READY=1\nSTATUS=not reloaded", await socket.ReceiveAsync(), StringComparison.Ordinal);
        int port = int.Parse(
            ready[(ready.LastIndexOf("socks5h://127.0.0.1:", StringComparison.Ordinal) + 20)..].Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture);
        using (var client = new TcpClient())
            await client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(HostProcess.Limit);
        Signal(host, "TERM");
        await host.WaitForExitAsync().WaitAsync(HostProcess.Limit);
        Assert.Equal(0, host.ExitCode);
    }

    private static Process StartInShell(string script, string config, NotifySocket? socket = null)
    {
        var start = new ProcessStartInfo("sh", ["-c", script, "sh", HostProcess.Program, "run", "--config", config]);
        start.Environment["DOTNET_ROOT"] = HostProcess.DotnetRoot;
        start.Environment.Remove("NOTIFY_SOCKET");
        if (socket is not null) start.Environment["NOTIFY_SOCKET"] = socket.Address;
        return Process.Start(start)!;
    }

    private static void Signal(Process host, string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, $"{host.Id}"]);
        kill.WaitForExit();
    }
}
