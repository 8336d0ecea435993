using System.Diagnostics;
using System.Net;
using MultiExit.Soak.Clients;
using MultiExit.Soak.Servers;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Downloads;

/// <summary>Large downloads, six at a time, through an ECH tunnel exit to a server that speaks the plain format alone: its sessions share
/// carriers without any credit, and none of them may be ended.</summary>
internal sealed class DownloadRun(int downloads, string folder, Ledger ledger)
{
    private const int AtOnce = 6;
    private const long Size = 60_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private int _next;

    public async Task RunAsync(CancellationToken stop)
    {
        Identity identity = new(folder);
        using TargetSet targets = new(ledger);
        using PlainServer plain = new(folder, identity);
        using Server near = new("near", folder);
        int port = Ports.Next();
        string tls = $"{{ pin: \"{identity.Pin}\" }}";
        await File.WriteAllTextAsync(near.ConfigFile, $$"""
            name: near
            inbounds: [{ name: socks5, type: socks5, listen: "127.0.0.1:{{port}}", users: { plain: { password: {{Dialer.Password}} } } }]
            exits:
              - { name: plain, type: ech-tunnel, server: "wss://{{plain.EndPoint}}/tunnel", token: {{identity.Token}}, tls: {{tls}} }
            default: plain
            logging: { access: near-access.log }
            control: { socket: near.sock }
            """, stop);
        await near.StartAsync();
        Dialer dialer = new(new Dictionary<Entrance, IPEndPoint> { [Entrance.Socks5] = new(IPAddress.Loopback, port) });
        Stage stage = new(ledger, targets, dialer, [new Way(Entrance.Socks5, new ExitRoute("plain"))]);
        long began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WorkAsync(stage, stop)));
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        int well = ledger.Of("download").Well;
        double rate = well * Size / took.TotalSeconds / 1e6;
        Console.WriteLine($"{well} downloads of {Size / 1_000_000} MB in {took.TotalSeconds:0} s, {rate:0} MB/s");
        if (await near.StopAsync() != 0) ledger.Fail("near", "it did not stop in order");
    }

    private async Task WorkAsync(Stage stage, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && Interlocked.Increment(ref _next) <= downloads)
        {
            await stage.JudgeAsync("download", stage.Ways[0], async token =>
            {
                Order order = new(Verb.Down, stage.NextSeed(), Size);
                await using Connection connection = await stage.Dialer.DialAsync(stage.Ways[0], stage.Targets.Pattern.EndPoint, token);
                await order.SendAsync(connection, token);
                await connection.ReceivePatternAsync(order.Seed + 1, 0, Size, token);
                await connection.ReceiveEndAsync(token);
            }, Patience);
        }
    }
}
