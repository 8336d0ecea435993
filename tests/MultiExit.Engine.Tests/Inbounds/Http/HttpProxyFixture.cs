using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Http;

/// <summary>An HTTP inbound on loopback, and a server <c>a.test</c> behind it.</summary>
internal sealed class HttpProxyFixture : IAsyncDisposable
{
    public HttpProxyFixture(HttpOptions? options = null, params UserConfig[] users)
    {
        ITransport transport = Transports.Create(TransportKind.Automatic);
        Dispatcher = new LoopbackDispatcher(transport) { Hosts = { ["a.test:80"] = Origin.EndPoint, ["a.test:443"] = Origin.EndPoint } };
        UsersInForce inForce = new(new UserDirectory(users, TimeProvider.System));
        Host = new InboundHost(transport, new HttpInbound(options ?? new HttpOptions(), inForce, TimeProvider.System), Dispatcher);
    }

    public ScriptedOrigin Origin { get; } = new();

    public LoopbackDispatcher Dispatcher { get; }

    public InboundHost Host { get; }

    public Task<TextPeer> ConnectAsync() => Host.ConnectAsync();

    public async ValueTask DisposeAsync()
    {
        Origin.Dispose();
        await Host.DisposeAsync();
    }
}
