using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Server;

namespace MultiExit.Benchmarks.Allocations;

/// <summary>The servers of a scenario, in this process, and the client's sessions through them, one after the other.</summary>
internal sealed class SessionSite : IAsyncDisposable
{
    private readonly GatewayServer? _far;
    private readonly GatewayServer _entrance;
    private readonly SyncEcho _target = new();
    private readonly SyncClient _client;

    private SessionSite(GatewayServer? far, GatewayServer entrance, int bytes)
    {
        (_far, _entrance) = (far, entrance);
        _client = new SyncClient(entrance.GetStatus().Listeners[0].EndPoint, _target.EndPoint, bytes);
    }

    public static async Task<SessionSite> StartAsync(Scenario scenario)
    {
        GatewayServer? far = scenario.Far is { } text ? await StartAsync(text) : null;
        string port = far?.GetStatus().Listeners[0].EndPoint.Port.ToString(CultureInfo.InvariantCulture) ?? "";
        return new SessionSite(far, await StartAsync(scenario.Entrance.Replace("PORT", port, StringComparison.Ordinal)), scenario.Bytes);
    }

    /// <summary>The bytes that were allocated for each of so many sessions, by the servers, the client and the target together.</summary>
    public long Measure(int sessions)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < sessions; i++) _client.Run();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / sessions;
    }

    public async ValueTask DisposeAsync()
    {
        await _entrance.DisposeAsync();
        if (_far is not null) await _far.DisposeAsync();
        _target.Dispose();
    }

    private static Task<GatewayServer> StartAsync(string text)
    {
        ConfigResult result = ConfigLoader.Parse(text);
        return result.Config is { } config
            ? GatewayServer.StartAsync(config, new GatewayOptions()) : throw new InvalidOperationException(string.Join("; ", result.Errors));
    }
}
