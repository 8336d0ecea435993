using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>A client of every protocol, a server with every inbound and exit, a server that its exits lead to, and a target.</summary>
[SuppressMessage("Design", "CA1001", Justification = "IAsyncLifetime disposes of what it owns.")]
public sealed class MatrixNetwork : IAsyncLifetime
{
    private readonly MatrixTarget _target = new();
    private readonly ClosedPort _closed = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("multiexit-");
    private readonly ITransport _transport = Transports.Create(TransportKind.Automatic);
    private TestGateway? _far;
    private TestGateway? _near;
    private ExitSet? _clients;

    /// <summary>The families of addresses, and the domain.</summary>
    public static IReadOnlyList<string> Families { get; } = Socket.OSSupportsIPv6 ? ["ipv4", "ipv6", "domain"] : ["ipv4", "domain"];

    /// <summary>The listeners of the near server by their names.</summary>
    internal IReadOnlyDictionary<string, IPEndPoint> Near => ListenersOf(_near!);

    /// <summary>A port of loopback that refuses connections.</summary>
    internal int ClosedPort => _closed.Port;

    /// <summary>The near server's log.</summary>
    internal string LogFile => Path.Combine(_folder.FullName, "near.log");

    public async ValueTask InitializeAsync()
    {
        _far = await TestGateway.StartAsync(MatrixConfig.Far(ClosedPort));
        Dictionary<string, string> targets = Families.ToDictionary(family => family, family => TargetOf(family).ToString());
        GatewayConfig near = MatrixConfig.Near(ListenersOf(_far), ClosedPort, targets, LogFile);
        _near = await TestGateway.StartAsync(near);
        IEnumerable<string> exits = near.Exits.Select(exit => exit.Name).Where(name => !name.StartsWith("dead", StringComparison.Ordinal)).Prepend("direct");
        _clients = ExitFactory.Build(
            MatrixConfig.Client(ListenersOf(_near), exits), _transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
    }

    /// <summary>A connection to the target.</summary>
    /// <param name="inbound">The inbound of the near server.</param>
    /// <param name="exit">The exit of the near server.</param>
    /// <param name="family">How the target is named.</param>
    internal async Task<DuplexStream> ConnectAsync(string inbound, string exit, string family)
    {
        bool isForward = inbound == "forward";
        Destination destination = isForward ? Destination.FromEndPoint(Near[$"forward-{exit}-{family}"]) : TargetOf(family);
        DialResult dial = await _clients!.Get(isForward ? "direct" : $"{inbound}-{exit}")
            .DialAsync(destination, new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.True(dial.Succeeded, dial.Detail);
        return dial.Connection;
    }

    /// <summary>The log so far; its file is still open there.</summary>
    internal async Task<string> ReadLogAsync()
    {
        string file = Assert.Single(_folder.GetFiles("near*.log")).FullName;
        using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_clients is not null) await _clients.DisposeAsync();
        if (_near is not null) await _near.DisposeAsync();
        if (_far is not null) await _far.DisposeAsync();
        await _target.DisposeAsync();
        _closed.Dispose();
        await _transport.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Destination TargetOf(string family)
    {
        string host = family switch { "ipv4" => "127.0.0.1", "ipv6" => "::1", _ => "localhost" };
        Assert.True(Destination.TryFromHost(host, _target.Port, out Destination? destination));
        return destination;
    }

    private static Dictionary<string, IPEndPoint> ListenersOf(TestGateway gateway) =>
        gateway.Server.GetStatus().Listeners.ToDictionary(listener => listener.Inbound, listener => listener.EndPoint, StringComparer.Ordinal);
}
