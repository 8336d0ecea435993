using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using MultiExit.Host.Tests.EndToEnd.Namespaces;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>Long flows and new connections a second through nodes, each of which echoes; what goes wrong is kept.</summary>
internal sealed class FleetTraffic : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly NamespaceHost _world;
    private readonly EchoWorld _target;
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Task _opening;
    private int _opened;

    private FleetTraffic(NamespaceHost world, int[] nodes, int newPerSecond)
    {
        _world = world;
        _target = new EchoWorld(world);
        _opening = OpenAsync(nodes, newPerSecond);
    }

    /// <summary>The port of the target.</summary>
    public int Port => _target.Port;

    /// <summary>What went wrong.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>The connections so far that were opened, used and closed.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Starts it.</summary>
    public static async Task<FleetTraffic> StartAsync(NamespaceHost world, int[] nodes, int flows, int newPerSecond)
    {
        FleetTraffic traffic = new(world, nodes, newPerSecond);
        for (int i = 0; i < flows; i++)
        {
            int node = nodes[i % nodes.Length];
            traffic._running.Add(traffic.FlowAsync(node, await FleetClient.ConnectAsync(world, node, traffic.Port)));
        }
        return traffic;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _opening;
        await Task.WhenAll(_running);
        await _target.DisposeAsync();
        _ended.Dispose();
    }

    // Sends and awaits its echo, until the end.
    private async Task FlowAsync(int node, Socket socket)
    {
        using Socket flow = socket;
        try
        {
            while (!_ended.IsCancellationRequested)
            {
                await EchoAsync(flow);
                await Task.Delay(Tick, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            Faults.Enqueue($"a flow over {FleetNetwork.NameOf(node)}: {exception.Message}");
        }
    }

    private async Task OpenAsync(int[] nodes, int newPerSecond)
    {
        Stopwatch clock = Stopwatch.StartNew();
        for (int i = 0; !_ended.IsCancellationRequested; i++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)i / newPerSecond);
            if (due > clock.Elapsed) await Task.Delay(due - clock.Elapsed);
            _running.Add(OneAsync(nodes[i % nodes.Length]));
        }
    }

    private async Task OneAsync(int node)
    {
        try
        {
            using Socket socket = await FleetClient.ConnectAsync(_world, node, Port);
            await EchoAsync(socket);
            Interlocked.Increment(ref _opened);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            Faults.Enqueue($"a connection over {FleetNetwork.NameOf(node)}: {exception.Message}");
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        using CancellationTokenSource limit = new(Support.HostProcess.Limit);
        await socket.SendAsync("0123456789abcdef"u8.ToArray(), limit.Token);
        await FleetClient.ReadAsync(socket, 16, limit.Token);
    }
}
