using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Browser;

/// <summary>A <c>multiexit run</c> with a dashboard, a target and what its sessions need.</summary>
internal sealed class DashboardServer : IDisposable
{
    /// <summary>A user of the proxy whose name would be an element, were it taken for markup.</summary>
    public const string Marked = "<img src=x onerror=fail()>";

    private readonly TemporaryFolder _folder;

    private DashboardServer(TemporaryFolder folder, ProxyHost proxy, string url)
    {
        _folder = folder;
        Proxy = proxy;
        Url = url;
    }

    public ProxyHost Proxy { get; }

    public string Url { get; }

    public EchoServer Target { get; } = new();

    public ControlSocket Control => new(SocketIn(_folder));

    public static async Task<DashboardServer> StartAsync()
    {
        TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "edge.yaml");
        await File.WriteAllTextAsync(file, Config(SocketIn(folder)));
        ProxyHost proxy = await ProxyHost.StartAsync("--config", file);
        string opened = await proxy.LogLineAsync("MX1095");
        return new DashboardServer(folder, proxy, opened[opened.IndexOf("http://", StringComparison.Ordinal)..].Trim());
    }

    /// <summary>The configuration, or a later one.</summary>
    public string Config(int weight) => Config(SocketIn(_folder), weight);

    /// <summary>Opens a session through the proxy.</summary>
    public Task<Socket> ConnectAsync() => SocksClient.ConnectAsync(Proxy.PortOf(0), Target.EndPoint);

    /// <summary>Opens a session as <see cref="Marked"/>.</summary>
    public async Task<Socket> ConnectMarkedAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Proxy.PortOf(1)).WaitAsync(HostProcess.Limit);
        string login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Marked}:secret"));
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"CONNECT {Target.EndPoint} HTTP/1.1\r\nHost: {Target.EndPoint}\r\nProxy-Authorization: Basic {login}\r\n\r\n"));
        byte[] answer = new byte[512];
        int read = await socket.ReceiveAsync(answer).WaitAsync(HostProcess.Limit);
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
        return socket;
    }

    public void Dispose()
    {
        Proxy.Dispose();
        Target.Dispose();
        _folder.Dispose();
    }

    private static string SocketIn(TemporaryFolder folder) => Path.Combine(folder.Path, "mx.sock");

    private static string Config(string socket, int weight = 1) =>
        $$"""
        name: edge-1
        inbounds:
        - { name: proxy, type: socks5, listen: "127.0.0.1:0", private_destinations: allow }
        - { name: office, type: http, listen: "127.0.0.1:0", users: { "{{Marked}}": { password: secret } }, private_destinations: allow }
        exits:
        - { name: wan1, type: direct, weight: {{weight}} }
        - { name: wan2, type: direct }
        groups: [{ name: pool, strategy: weighted, exits: [wan1, wan2] }]
        default: pool
        limits: { usage_file: usage.json, quota_per_user: 10MB }
        history: { directory: history }
        records: { path: records.db }
        control: { socket: "{{socket}}" }
        dashboard:
          listen: "127.0.0.1:0"
          users:
          - { name: olga, password: operates, role: operator }
          - { name: rita, password: reads, role: reader }
        """;
}
