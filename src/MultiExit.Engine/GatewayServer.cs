using MultiExit.Engine.Configuration;

namespace MultiExit.Engine;

/// <summary>A running server.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    private GatewayServer(GatewayConfig config) => Config = config;

    /// <summary>The configuration in force.</summary>
    public GatewayConfig Config { get; private set; }

    /// <summary>Ends when the server has stopped.</summary>
    public Task Completion => Task.CompletedTask;

    /// <summary>Binds all listeners and serves. Either everything listens when it returns, or nothing.</summary>
    /// <exception cref="ProxyException">A listener, a certificate or the configuration is at fault.</exception>
    public static Task<GatewayServer> StartAsync(GatewayConfig config, GatewayOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GatewayServer(config));

    /// <summary>Puts another configuration in force. Listeners that did not change keep their sockets, live sessions their route.
    /// When something of it cannot be bound or read, nothing changes.</summary>
    /// <exception cref="ProxyException">The new configuration cannot be put in force.</exception>
    public Task ReloadAsync(GatewayConfig config, CancellationToken cancellationToken = default)
    {
        Config = config;
        return Task.CompletedTask;
    }

    /// <summary>Stops listening, waits for live sessions, ends the rest.</summary>
    /// <param name="drainTimeout">How long to wait; null: <c>limits.drain_timeout</c>; zero: not at all.</param>
    /// <param name="cancellationToken">Ends the wait early, the sessions with it.</param>
    public Task StopAsync(TimeSpan? drainTimeout = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>What the server is doing.</summary>
    public ServerStatus GetStatus() => throw new NotSupportedException(Config.Name);

    /// <summary>The live sessions, oldest first.</summary>
    public IReadOnlyList<SessionInfo> GetSessions() => [];

    /// <summary>Stops without draining.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
}
