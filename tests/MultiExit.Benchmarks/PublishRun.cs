using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Dialects;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Control;
using MultiExit.Engine.Management;

namespace MultiExit.Benchmarks;

/// <summary>Publishes exits over the control socket while clients connect through them: <c>publish EXITS SECONDS CONNECTIONS_A_SECOND STRATEGY</c>; first as
/// long without publishing, to compare with.</summary>
internal static class PublishRun
{
    public static async Task RunAsync(int exits, TimeSpan time, int perSecond, GroupStrategy strategy)
    {
        string socket = Path.Combine(Directory.CreateTempSubdirectory("mx").FullName, "s");
        InboundConfig[] inbounds =
            [new MixedInboundConfig { Name = "in", Listen = new IPEndPoint(IPAddress.Loopback, 0), PrivateDestinationsAllowed = true }];
        GatewayConfig config = new()
        {
            Inbounds = inbounds, ControlSocket = socket, Default = "pool",
            Groups = [new GroupConfig { Name = "pool", Exits = [], Strategy = strategy, Publish = new PublishConfig { Max = 100_000 } }],
        };
        await using ManagedServer upstream = await StartAsync(new GatewayConfig { Inbounds = inbounds, Name = "up" });
        await using ManagedServer edge = await StartAsync(config);
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start(4096);
        _ = AcceptAsync(target);
        IPEndPoint up = upstream.Gateway.GetStatus().Listeners[0].EndPoint, at = edge.Gateway.GetStatus().Listeners[0].EndPoint;
        ControlClient control = new(socket);
        await PublishAsync(0);
        Console.WriteLine($"one exit: {await ConnectAsync(() => Task.CompletedTask)}");
        ConcurrentBag<double> published = [];
        Console.WriteLine($"{exits} exits published meanwhile: {await ConnectAsync(async () =>
        {
            Stopwatch clock = Stopwatch.StartNew();
            for (int i = 1; i < exits; i++)
            {
                if (time * i / exits - clock.Elapsed is { Ticks: > 0 } wait) await Task.Delay(wait);
                long began = Stopwatch.GetTimestamp();
                await PublishAsync(i);
                published.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        })}");
        Console.WriteLine($"publishing over the socket: {Describe(published)}");
        Console.WriteLine($"{edge.Gateway.GetGroups()[0].Published} members: {await ConnectAsync(() => Task.CompletedTask)}");

        Task PublishAsync(int index) => control.PublishExitAsync("pool", $"exit-{index}", JsonSerializer.SerializeToElement(new { server = $"socks5://{up}" }));

        async Task<string> ConnectAsync(Func<Task> beside)
        {
            ConcurrentBag<double> took = [];
            int failed = 0;
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
            Task other = beside();
            List<Task> clients = [];
            Stopwatch clock = Stopwatch.StartNew();
            for (int i = 0; clock.Elapsed < time; i++)
            {
                if (TimeSpan.FromSeconds(1) * i / perSecond - clock.Elapsed is { Ticks: > 0 } wait) await Task.Delay(wait);
                clients.Add(Task.Run(OneAsync));
            }
            await Task.WhenAll(clients);
            await other;
            processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
            return string.Create(CultureInfo.InvariantCulture,
                $"{clients.Count} connections, {failed} failed, {Describe(took)}, "
                + $"{processor.TotalMilliseconds / clients.Count:0.00} ms of processor each, clients included");

            async Task OneAsync()
            {
                long began = Stopwatch.GetTimestamp();
                try
                {
                    using TcpClient client = new();
                    await client.ConnectAsync(at);
                    NetworkStream stream = client.GetStream();
                    byte[] answer = new byte[12];
                    int port = ((IPEndPoint)target.LocalEndpoint).Port;
                    await stream.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, (byte)(port >> 8), (byte)port]);
                    await stream.ReadExactlyAsync(answer);
                    if (answer[3] != 0) Interlocked.Increment(ref failed);
                    else took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
                catch (Exception exception) when (exception is IOException or SocketException)
                {
                    Interlocked.Increment(ref failed);
                }
            }
        }
    }

    private static Task<ManagedServer> StartAsync(GatewayConfig config) => ManagedServer.StartAsync(
        new ConfigResult(config with { Logging = config.Logging with { Level = Engine.Configuration.Settings.LogLevel.Warning } }, [], Dialect.Native),
        new ManagedServerOptions());

    private static async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = EndAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The end.
        }

        static async Task EndAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    while (await client.GetStream().ReadAsync(new byte[64]) > 0)
                    {
                        // Until the other end closes.
                    }
                }
                catch (IOException)
                {
                    // Reset.
                }
            }
        }
    }

    private static string Describe(IEnumerable<double> taken)
    {
        double[] sorted = [.. taken.Order()];
        return sorted.Length == 0 ? "none" : string.Create(CultureInfo.InvariantCulture,
            $"median {sorted[sorted.Length / 2]:0.00} ms, p99 {sorted[sorted.Length * 99 / 100]:0.00} ms, most {sorted[^1]:0.0} ms");
    }
}
