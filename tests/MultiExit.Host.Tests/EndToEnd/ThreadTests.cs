using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Look-ups that the system never answers, each of which holds a thread.</summary>
public sealed class ThreadTests
{
    private const int DeadNames = 100;
    private const string Token = "Zq7vP1xK9mT3sW5yB8nC2dF4gH6jL0aR";

    [CgroupFact("pids")]
    public async Task Names_that_nobody_answers_hold_up_nothing_but_themselves()
    {
        using EchoServer echo = new();
        using SilentResolver resolver = new(timeout: 30);
        // Far longer than all of this takes on a busy machine.
        using TemporaryFile config = new(Document(connectTimeout: 60));
        using ProxyHost proxy = await ProxyHost.StartInShellAsync(resolver.Take, "--config", config.Path);
        using Socket first = await SocksClient.ConnectAsync(proxy.PortOf(0), echo.EndPoint);
        List<Socket> waiting = [];
        try
        {
            for (int i = 0; i < DeadNames; i++) waiting.Add(await AskForNameAsync(proxy.PortOf(0), i));
            // Over a carrier, whose two ends are served by the threads of the pool.
            for (int i = 0; i < 10; i++)
            {
                using Socket session = await SocksClient.ConnectAsync(proxy.PortOf(1), echo.EndPoint);
                await SocksClient.EchoAsync(session);
            }
            await SocksClient.EchoAsync(first);
            Assert.DoesNotContain(waiting, client => client.Available > 2); // the greeting is answered, the names are not
        }
        finally
        {
            foreach (Socket client in waiting) client.Close(0);
        }
    }

    [CgroupFact("pids")]
    public async Task They_do_not_end_a_process_that_may_have_few_threads()
    {
        using EchoServer echo = new();
        using SilentResolver resolver = new(timeout: 1);
        using Cgroup group = Cgroup.Create("pids");
        using TemporaryFile config = new(Document(connectTimeout: 5));
        int needed;
        using (await ProxyHost.StartInShellAsync(group.Join, "--config", config.Path)) needed = group.CountTasks();
        while (group.CountTasks() > 0) await Task.Delay(10);
        group.LimitTasks(needed + 4);
        using ProxyHost proxy = await ProxyHost.StartInShellAsync($"{resolver.Take} && {group.Join}", "--config", config.Path);
        Assert.Contains("pids.max", await proxy.LogLineAsync("MX1065"), StringComparison.Ordinal);
        using Socket first = await SocksClient.ConnectAsync(proxy.PortOf(0), echo.EndPoint);
        List<Socket> waiting = [];
        try
        {
            for (int i = 0; i < DeadNames; i++) waiting.Add(await AskForNameAsync(proxy.PortOf(0), i));
            // Each gets its answer: the time for a dial is over.
            byte[] answer = new byte[12];
            foreach (Socket client in waiting)
            {
                using CancellationTokenSource limit = new(HostProcess.Limit);
                for (int read = 0; read < answer.Length;)
                    read += await client.ReceiveAsync(answer.AsMemory(read), limit.Token) is > 0 and int more
                        ? more : throw new IOException("closed");
                Assert.NotEqual(0, answer[3]);
            }
        }
        finally
        {
            foreach (Socket client in waiting) client.Close(0);
        }
        await SocksClient.EchoAsync(first);
        using Socket later = await SocksClient.ConnectAsync(proxy.PortOf(1), echo.EndPoint);
        await SocksClient.EchoAsync(later);
    }

    private static string Document(int connectTimeout)
    {
        IPEndPoint carrier = OwnEndPoints.Next();
        return $$"""
            inbounds:
              - { name: near, type: mixed, listen: "127.0.0.1:0" }
              - { name: far, type: socks5, listen: "127.0.0.1:0" }
              - { name: ech, type: ech-tunnel, listen: "{{carrier}}", path: /tunnel, token: {{Token}}, private_destinations: allow }
            exits:
              - { name: carried, type: ech-tunnel, server: "ws://{{carrier}}/tunnel", token: {{Token}} }
            routes:
              - { inbounds: [far], exit: carried }
            limits: { connect_timeout: {{connectTimeout}}s }
            """;
    }

    private static async Task<Socket> AskForNameAsync(int port, int number)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
        byte[] name = Encoding.ASCII.GetBytes($"host{number}.example.org");
        await client.SendAsync((byte[])[5, 1, 0, 5, 1, 0, 3, (byte)name.Length, .. name, 0, 80], limit.Token);
        return client;
    }
}
