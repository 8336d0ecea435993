using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A server on loopback with a control socket in a folder of its own.</summary>
internal sealed class ControlledGateway : IAsyncDisposable
{
    private ControlledGateway(string folder, TestGateway gateway)
    {
        Folder = folder;
        Gateway = gateway;
        Client = new ControlClient(Path);
    }

    public string Folder { get; }

    public TestGateway Gateway { get; }

    public GatewayServer Server => Gateway.Server;

    public IServerControl Client { get; }

    public string Path => PathIn(Folder);

    public static async Task<ControlledGateway> StartAsync(GatewayConfig? config = null, GatewayOptions? options = null)
    {
        string folder = Directory.CreateTempSubdirectory("mx").FullName;
        return new ControlledGateway(folder, await TestGateway.StartAsync((config ?? TestGateway.Mixed()) with { ControlSocket = PathIn(folder) }, options));
    }

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
        await Gateway.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static string PathIn(string folder) => System.IO.Path.Combine(folder, "run", "mx.sock");
}
