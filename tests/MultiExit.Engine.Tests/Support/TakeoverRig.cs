using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Servers that take over from each other, by a control socket and the files of one folder.</summary>
internal sealed class TakeoverRig(
    TransportKind transport = TransportKind.Automatic, Func<FleetConfig, IFleetStore>? store = null, TimeProvider? time = null) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);
    private readonly List<ManagedServer> _servers = [];
    private readonly List<SafeFileHandle> _numbers = [];

    public string File => _folder["edge.yaml"];

    public string Socket => _folder["s"];

    /// <summary>A client of the control socket, whoever listens at it.</summary>
    public ControlClient Control => new(Socket);

    public string this[string name] => _folder[name];

    public void Write(string more, string inbounds = "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }") => System.IO.File.WriteAllText(
        File, $"name: edge\ninbounds: [{inbounds}]\ncontrol: {{ socket: {Socket} }}\n{more}\n");

    public Task<ManagedServer> StartAsync() => AddAsync(ManagedServer.StartAsync(ConfigLoader.LoadFile(File), Options()));

    public async Task<ManagedServer> TakeOverAsync()
    {
        ManagedServer server = await AddAsync(ManagedServer.TakeOverAsync(ConfigLoader.LoadFile(File), Options()));
        OccupyNumbers();
        return server;
    }

    public static IPEndPoint Listener(ManagedServer server) => server.GetStatus().Listeners[0].EndPoint;

    /// <summary>A SOCKS5 connection to a target.</summary>
    public static async Task<Socket> OpenAsync(IPEndPoint proxy, IPEndPoint target, string? user = null)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(proxy);
        byte[] login = user is null ? [] : [1, (byte)user.Length, .. System.Text.Encoding.ASCII.GetBytes(user), 1, (byte)'p'];
        byte[] greeting = [5, 1, (byte)(user is null ? 0 : 2)];
        await socket.SendAsync(greeting);
        await ReadAsync(socket, 2);
        if (user is not null)
        {
            await socket.SendAsync(login);
            Assert.Equal(0, (await ReadAsync(socket, 2))[1]);
        }
        byte[] request = [5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port];
        await socket.SendAsync(request);
        Assert.Equal(0, (await ReadAsync(socket, 10))[1]);
        return socket;
    }

    public static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        byte[] buffer = new byte[count];
        using NetworkStream stream = new(socket);
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(TestTransports.Patience);
        return buffer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ManagedServer server in Enumerable.Reverse(_servers)) await server.DisposeAsync();
        foreach (SafeFileHandle number in _numbers) number.Dispose();
        _folder.Dispose();
    }

    // A number that a server's socket had is still in .NET's set of events, with the socket, which lives on in the next server: were it to get the number
    // again, it could not be waited for (EEXIST). Here alone: a process that takes over has a set of its own.
    private void OccupyNumbers()
    {
        int highest = Directory.EnumerateFileSystemEntries("/proc/self/fd").Max(entry => int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture));
        do _numbers.Add(System.IO.File.OpenHandle("/dev/null"));
        while (_numbers[^1].DangerousGetHandle() <= highest);
    }

    private ManagedServerOptions Options() => new()
    {
        Gateway = new GatewayOptions { Transport = transport, FleetStore = store, Time = time ?? TimeProvider.System },
    };

    private async Task<ManagedServer> AddAsync(Task<ManagedServer> starting)
    {
        ManagedServer server = await starting.WaitAsync(TestTransports.Patience);
        _servers.Add(server);
        return server;
    }
}
