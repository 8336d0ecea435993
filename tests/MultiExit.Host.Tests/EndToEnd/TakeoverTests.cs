using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Processes that take over from each other beneath live connections.</summary>
public sealed class TakeoverTests
{
    private const int BlockLength = 4096;

    // What is promised, which takes minutes, or enough to find what goes wrong at once.
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MULTIEXIT_TAKEOVER") == "full";
    private static readonly int Rounds = IsFull ? 20 : 2;
    private static readonly int Transfers = IsFull ? 200 : 40;
    private static readonly int Clients = IsFull ? 60 : 4;

    // From one connection of a client to its next: 300 connections a second of 60 clients.
    private static readonly TimeSpan ClientPeriod = TimeSpan.FromMilliseconds(IsFull ? 200 : 20);

    // Leaves the processors to the servers that start.
    private static readonly TimeSpan BlockPause = TimeSpan.FromMilliseconds(IsFull ? 200 : 20);

    [LinuxFact]
    public async Task Through_take_overs_and_killed_successors_nobody_is_reset_or_refused_and_totals_never_go_down()
    {
        using EchoServer target = new();
        using TemporaryFolder folder = new();
        string file = await WriteAsync(folder, "limits: { drain_timeout: 10m, usage_file: usage }\nhistory: { directory: history }\n");
        // A start with it waits for a list that never comes, and so is not ready when it is killed, however late that is.
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        string slow = Path.Combine(folder.Path, "slow.yaml");
        await File.WriteAllTextAsync(slow, await File.ReadAllTextAsync(file) + $"sets: {{ slow: {{ url: \"http://{silent.LocalEndpoint}/\" }} }}\n"
            + "routes: [{ sets: [slow], exit: direct }]\n");
        ControlClient control = new(Path.Combine(folder.Path, "s"));
        List<HostProcess> processes = [HostProcess.Start(["run", "--config", file])];
        try
        {
            Assert.Contains("listening", await processes[0].ReadLineAsync(), StringComparison.Ordinal);
            int port = (await control.GetStatusAsync()).Listeners[0].EndPoint.Port;
            bool over = false;
            bool IsOver() => Volatile.Read(ref over);
            List<Socket> sockets = [];
            for (int i = 0; i < Transfers; i++) sockets.Add(await SocksClient.ConnectAsync(port, target.EndPoint));
            Task[] transfers = [.. sockets.Select((socket, seed) => TransferAsync(socket, seed, IsOver))];
            Stopwatch clock = Stopwatch.StartNew();
            Task<int>[] clients = [.. Enumerable.Range(0, Clients).Select(_ => OpenAndCloseAsync(port, target.EndPoint, IsOver))];
            ServerStatus last = await control.GetStatusAsync();
            for (int round = 0; round < Rounds; round++)
            {
                using (HostProcess killed = HostProcess.Start(["run", "--config", slow, "--takeover"]))
                {
                    await processes[^1].ErrorLineAsync("POST /takeover");
                    killed.Signal("KILL");
                    Assert.Equal(128 + 9, await killed.ExitAsync());
                }
                await processes[^1].ErrorLineAsync("MX1128");
                last = await CompareAsync(control, last);
                HostProcess next = HostProcess.Start(["run", "--config", file, "--takeover"]);
                processes.Add(next);
                Assert.True(await next.ReadLineAsync() is { } line && line.Contains("listening", StringComparison.Ordinal), "it did not start");
                last = await CompareAsync(control, last);
                // The transfers are those of the first process still, and are seen through the last one.
                Assert.True((await control.GetSessionsAsync()).Count >= Transfers);
            }
            Volatile.Write(ref over, true);
            await Task.WhenAll(transfers).WaitAsync(HostProcess.Limit);
            int opened = (await Task.WhenAll(clients).WaitAsync(HostProcess.Limit)).Sum();
            double wanted = IsFull ? Clients / ClientPeriod.TotalSeconds * clock.Elapsed.TotalSeconds * 0.9 : Rounds * Clients;
            Assert.True(opened > wanted, $"only {opened} connections were opened in {clock.Elapsed}");
            for (int i = 0; i < Rounds; i++) Assert.Equal(0, await processes[i].ExitAsync());
            ServerStatus end = await CompareAsync(control, last);
            Assert.Equal(Transfers + opened, end.TotalSessions);
            processes[^1].Signal("TERM");
            Assert.Equal(0, await processes[^1].ExitAsync());
            Assert.False(File.Exists(control.SocketPath));
        }
        finally
        {
            foreach (HostProcess process in processes) process.Dispose();
        }
    }

    [LinuxFact]
    public async Task An_upgrade_starts_the_program_again_and_tells_systemd_which_process_is_the_service()
    {
        using TemporaryFolder folder = new();
        using NotifySocket notify = new(isAbstract: true);
        string file = await WriteAsync(folder, "");
        using HostProcess host = HostProcess.Start(["run", "--config", file], notify.Address);
        Assert.StartsWith("READY=1", await notify.ReceiveAsync(), StringComparison.Ordinal);
        ControlClient control = new(Path.Combine(folder.Path, "s"));
        ServerStatus before = await control.GetStatusAsync();
        (int exitCode, string output, string error) = await HostProcess.RunAsync("upgrade", "--config", file);
        Assert.True(exitCode == 0, error);
        Assert.StartsWith("server edge runs in a new process since ", output, StringComparison.Ordinal);
        string main = await notify.ReceiveAsync();
        Assert.StartsWith("MAINPID=", main, StringComparison.Ordinal);
        int successor = int.Parse(main["MAINPID=".Length..], CultureInfo.InvariantCulture);
        using Process process = Process.GetProcessById(successor);
        try
        {
            Assert.StartsWith("READY=1\nSTATUS=multiexit", await notify.ReceiveAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await host.ExitAsync());
            ServerStatus after = await control.GetStatusAsync();
            Assert.Equal(before.Listeners[0].EndPoint, after.Listeners[0].EndPoint);
            Assert.True(after.Started > before.Started);
            // One that cannot start changes nothing.
            await File.AppendAllTextAsync(file, "nonsense: true\n");
            (exitCode, _, error) = await HostProcess.RunAsync("upgrade", "--socket", control.SocketPath);
            Assert.Equal(1, exitCode);
            Assert.Contains("this one goes on: it ended with exit code 3", error, StringComparison.Ordinal);
            Assert.Equal(after.Started, (await control.GetStatusAsync()).Started);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<string> WriteAsync(TemporaryFolder folder, string more)
    {
        string file = Path.Combine(folder.Path, "edge.yaml");
        await File.WriteAllTextAsync(file,
            $"name: edge\ninbounds: [{{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }}]\ncontrol: {{ socket: {folder.Path}/s }}\n{more}");
        return file;
    }

    private static async Task<ServerStatus> CompareAsync(ControlClient control, ServerStatus last)
    {
        ServerStatus now = await control.GetStatusAsync();
        Assert.True(now.TotalSessions >= last.TotalSessions && now.BytesUp >= last.BytesUp && now.BytesDown >= last.BytesDown, $"{last} then {now}");
        Assert.Equal((0, 0, 0), (now.Rejected, now.Failed, now.Faults));
        return now;
    }

    private static async Task TransferAsync(Socket socket, int seed, Func<bool> over)
    {
        using (socket)
        {
            using IncrementalHash sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using IncrementalHash received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using NetworkStream stream = new(socket);
            Random random = new(seed);
            byte[] block = new byte[BlockLength], back = new byte[BlockLength];
            while (!over())
            {
                random.NextBytes(block);
                sent.AppendData(block);
                await stream.WriteAsync(block).AsTask().WaitAsync(HostProcess.Limit);
                await stream.ReadExactlyAsync(back).AsTask().WaitAsync(HostProcess.Limit);
                received.AppendData(back);
                await Task.Delay(BlockPause);
            }
            Assert.Equal(sent.GetHashAndReset(), received.GetHashAndReset());
        }
    }

    // Throws when a connection is refused or reset. One that took longer is made up for.
    private static async Task<int> OpenAndCloseAsync(int port, IPEndPoint target, Func<bool> over)
    {
        int count = 0;
        for (Stopwatch clock = Stopwatch.StartNew(); !over(); count++)
        {
            using (Socket socket = await SocksClient.ConnectAsync(port, target)) await SocksClient.EchoAsync(socket);
            TimeSpan pause = (count + 1) * ClientPeriod - clock.Elapsed;
            if (pause > TimeSpan.Zero) await Task.Delay(pause);
        }
        return count;
    }
}
