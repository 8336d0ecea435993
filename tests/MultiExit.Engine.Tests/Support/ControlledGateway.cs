using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Dialects;
using MultiExit.Engine.Control;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A server on loopback with a control socket in a folder of its own.</summary>
internal sealed class ControlledGateway : IAsyncDisposable
{
    private ControlledGateway(string folder, ManagedServer managed)
    {
        Folder = folder;
        Managed = managed;
        Gateway = new TestGateway(managed.Gateway, Transports.Create(TransportKind.Portable));
        Client = new ControlClient(Path);
    }

    public string Folder { get; }

    public ManagedServer Managed { get; }

    public TestGateway Gateway { get; }

    public GatewayServer Server => Gateway.Server;

    public IServerControl Client { get; }

    public string Path => PathIn(Folder);

    public static async Task<ControlledGateway> StartAsync(GatewayConfig? config = null, GatewayOptions? options = null)
    {
        string folder = Directory.CreateTempSubdirectory("mx").FullName;
        return new ControlledGateway(folder, await StartServerAsync((config ?? TestGateway.Mixed()) with { ControlSocket = PathIn(folder) }, options));
    }

    /// <summary>A server of a configuration that is in no document.</summary>
    public static Task<ManagedServer> StartServerAsync(GatewayConfig config, GatewayOptions? options = null) =>
        ManagedServer.StartAsync(Read(config), new ManagedServerOptions { Gateway = options ?? new GatewayOptions() });

    /// <summary>Puts another configuration in force.</summary>
    public Task ReloadAsync(GatewayConfig config) => Managed.ApplyAsync(Read(config));

    public async Task<TextPeer> ConnectAsync() =>
        new(await UnixSocket.ConnectAsync(Path, default).AsTask().WaitAsync(TestTransports.Patience));

    /// <summary>Sends a request as it stands and reads to the end of the connection.</summary>
    public async Task<string> AskAsync(string request)
    {
        using TextPeer peer = await ConnectAsync();
        await peer.SendAsync(request);
        return await peer.ReadToEndAsync();
    }

    /// <summary>The answer to a request without more fields than it needs.</summary>
    public Task<string> AskAsync(string method, string path, string body = "") =>
        AskAsync($"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await Managed.DisposeAsync();
        await Gateway.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A configuration in the form of a loaded file.</summary>
    public static ConfigResult Read(GatewayConfig config) => new(config, [], Dialect.Native);

    private static string PathIn(string folder) => System.IO.Path.Combine(folder, "run", "mx.sock");
}
