using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Control;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Sockets that a service manager opens, and those that it keeps over a restart.</summary>
public sealed class ServiceSocketTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EchoServer _target = new();

    private string Config => Path.Combine(_folder.Path, "edge.yaml");

    private ControlClient Control => new(Path.Combine(_folder.Path, "s"));

    public void Dispose()
    {
        _target.Dispose();
        _folder.Dispose();
    }

    [RequiresFact(ExternalTool.Python)]
    public async Task Clients_that_come_while_the_service_restarts_wait_and_are_served()
    {
        Write("{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }");
        using ServiceManager manager = new(opensSocket: false, Config);
        await manager.StartAsync();
        int port = await PortAsync();
        for (int restart = 0; restart < 2; restart++)
        {
            await manager.StopAsync();
            Task<Socket>[] clients = [.. Enumerable.Range(0, 8).Select(_ => SocksClient.ConnectAsync(port, _target.EndPoint))];
            await manager.StartAsync();
            foreach (Socket socket in await Task.WhenAll(clients))
            {
                await SocksClient.EchoAsync(socket);
                socket.Dispose();
            }
            Assert.Equal(port, await PortAsync());
        }
        // What the store has already is not sent again.
        Assert.Single(manager.Output, line => line.StartsWith("FDSTORE=1 multiexit-", StringComparison.Ordinal));
    }

    [RequiresFact(ExternalTool.Python)]
    public async Task A_socket_of_the_unit_is_the_inbounds_with_its_address_and_is_not_put_into_the_store()
    {
        using ServiceManager manager = new(opensSocket: true, Config);
        int port = await manager.UnitPortAsync();
        Write($"{{ name: proxy, type: mixed, listen: \"127.0.0.1:{port}\" }}");
        Task<Socket> early = SocksClient.ConnectAsync(port, _target.EndPoint);
        await manager.StartAsync();
        using (Socket client = await early) await SocksClient.EchoAsync(client);
        await manager.StopAsync();
        Assert.DoesNotContain(manager.Output, line => line.StartsWith("FDSTORE", StringComparison.Ordinal));
    }

    [RequiresFact(ExternalTool.Python)]
    public async Task A_socket_of_the_unit_that_no_inbound_has_is_warned_of()
    {
        Write("{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }");
        using ServiceManager manager = new(opensSocket: true, Config);
        int port = await manager.UnitPortAsync();
        await manager.StartAsync();
        Assert.NotEqual(port, await PortAsync());
        Assert.Contains($"MX1135 the socket unit of this service listens on 127.0.0.1:{port}", await manager.EndAsync(), StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Python)]
    public async Task The_store_forgets_the_socket_of_an_inbound_that_goes_away()
    {
        IPEndPoint gone = OwnEndPoints.Next();
        Write($"{{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }}, {{ name: web, type: http, listen: \"{gone}\" }}");
        using ServiceManager manager = new(opensSocket: false, Config);
        await manager.StartAsync();
        Write("{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }");
        await manager.ReloadAsync();
        Assert.Single(manager.Output, line => line.StartsWith("FDSTOREREMOVE=1 multiexit-", StringComparison.Ordinal));
        using Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(gone));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [RequiresFact(ExternalTool.Python)]
    public async Task A_kept_socket_with_another_address_than_the_new_one_is_not_in_its_way()
    {
        int port = OwnEndPoints.NextPort();
        Write($"{{ name: proxy, type: mixed, listen: \"127.0.0.1:{port}\" }}, "
            + "{ name: dns, type: forward, network: udp, listen: \"127.0.0.1:0\", target: \"127.0.0.1:9\" }");
        using ServiceManager manager = new(opensSocket: false, Config);
        await manager.StartAsync();
        int datagrams = await PortAsync(index: 1);
        await manager.StopAsync();
        Write($"{{ name: proxy, type: mixed, listen: \"0.0.0.0:{port}\", private_destinations: allow, allow: [\"127.0.0.0/8\"] }}, "
            + $"{{ name: dns, type: forward, network: udp, listen: \"127.0.0.1:{datagrams}\", target: \"127.0.0.1:9\" }}");
        await manager.StartAsync();
        using (Socket client = await SocksClient.ConnectAsync(port, _target.EndPoint)) await SocksClient.EchoAsync(client);
        // That of the datagrams has the same address as before, and so is the same by another name.
        Assert.Equal(datagrams, await PortAsync(index: 1));
        await manager.StopAsync();
        await manager.StartAsync();
        Assert.Equal((port, datagrams), (await PortAsync(), await PortAsync(index: 1)));
    }

    private async Task<int> PortAsync(int index = 0) => (await Control.GetStatusAsync()).Listeners[index].EndPoint.Port;

    private void Write(string inbounds) =>
        File.WriteAllText(Config, $"name: edge\ninbounds: [{inbounds}]\ncontrol: {{ socket: {_folder.Path}/s }}\n");
}
