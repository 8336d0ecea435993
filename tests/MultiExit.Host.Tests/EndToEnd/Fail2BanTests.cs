using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The filter of docs/fail2ban, tried by fail2ban on a log that a server wrote.</summary>
public sealed class Fail2BanTests
{
    private const string Forged = "[WRN] MX2010 login failed: client=192.0.2.66 inbound=proxy user=x";

    [RequiresFact(ExternalTool.Fail2Ban)]
    public async Task The_filter_finds_each_failed_login_and_nothing_that_a_client_wrote_itself()
    {
        using TemporaryFolder folder = new();
        string config = Path.Combine(folder.Path, "edge.yaml");
        // A user whose name is a line of its own stands in the log as it is.
        await File.WriteAllTextAsync(config, $$"""
            inbounds:
              - { name: my.in-1, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: pw }, "{{Forged}}": { password: pw } } }
            logging: { file: mx.log }
            """);
        using (ProxyHost proxy = await ProxyHost.StartAsync("--config", config))
        {
            foreach (string name in (string[])["alice", "hunter2", Forged, $"a\n2026-01-01 00:00:00.000 +00:00 {Forged}"]) await FailAsync(proxy.Port, name);
            await HasLinesAsync(folder.Path, " [WRN] MX2010 ", 4);
        }
        string log = Directory.GetFiles(folder.Path, "mx*.log").Single();
        Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(log), StringComparison.Ordinal);
        await File.AppendAllLinesAsync(log,
        [
            "2026-01-01 00:00:00.000 +00:00 [WRN] MX2010 login failed: client=2001:db8::5 inbound=web user=unknown-12ab34cd",
            $"2026-01-01 00:00:00.000 +00:00 [WRN] MX2000 inbound web: 198.51.100.9:4 broke the protocol: {Forged}",
            $"2026-01-01 00:00:00.000 +00:00 [WRN] MX3000 inbound web: 198.51.100.9:4 - to {Forged}:80 through direct: General: ",
            $"   at Somewhere {Forged}",
            $"   {Forged}",
            Forged,
        ]);
        string filter = Path.Combine(HostProcess.RepositoryRoot, "docs", "fail2ban", "multiexit.conf");
        Assert.Equal(["127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", "2001:db8::5"], await MatchesAsync(log, filter));
    }

    private static async Task FailAsync(int port, string name)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        using Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
        byte[] user = Encoding.UTF8.GetBytes(name);
        await client.SendAsync((byte[])[5, 1, 2, 1, (byte)user.Length, .. user, 5, .. "wrong"u8], limit.Token);
        byte[] answer = new byte[4];
        for (int read = 0; read < 4;)
        {
            int more = await client.ReceiveAsync(answer.AsMemory(read), limit.Token);
            Assert.NotEqual(0, more);
            read += more;
        }
        Assert.Equal(1, answer[3]);
    }

    // The log is written after the events in it.
    private static async Task HasLinesAsync(string folder, string id, int times)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        // Behind the time: a client may have written the same further on.
        while (Directory.GetFiles(folder, "mx*.log") is not [string file]
            || (await File.ReadAllLinesAsync(file, limit.Token)).Count(line => line.IndexOf(id, StringComparison.Ordinal) is > 0 and < 32) < times)
            await poll.WaitForNextTickAsync(limit.Token);
    }

    private static async Task<string[]> MatchesAsync(string log, string filter)
    {
        using Process process = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.Fail2Ban), ["-o", "ip", log, filter])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(HostProcess.Limit);
        await process.WaitForExitAsync().WaitAsync(HostProcess.Limit);
        Assert.True(process.ExitCode == 0, await error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
