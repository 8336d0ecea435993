using System.Diagnostics;
using System.Net;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running client of shadowsocks-libev on a loopback port, TCP and UDP: ss-local or ss-tunnel.</summary>
internal sealed class ShadowsocksClient : IDisposable
{
    private const int Attempts = 5;
    private readonly Process _process;

    private ShadowsocksClient(string program, int port, int serverPort, string method, string[] more)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        string[] args =
        [
            "-s", "127.0.0.1", "-p", $"{serverPort}", "-b", "127.0.0.1", "-l", $"{port}", "-k", ShadowsocksServer.Password, "-m", method, "-u", "-t", "60",
            .. more,
        ];
        _process = Process.Start(new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        Log = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    public IPEndPoint EndPoint { get; }

    private Task<string> Log { get; }

    /// <summary>Starts a SOCKS5 server in front of a Shadowsocks server.</summary>
    public static Task<ShadowsocksClient> LocalAsync(int serverPort, string method) => StartAsync("ss-local", serverPort, method);

    /// <summary>Starts a port that leads to a target through a Shadowsocks server.</summary>
    public static Task<ShadowsocksClient> TunnelAsync(int serverPort, string method, int targetPort) =>
        StartAsync("ss-tunnel", serverPort, method, "-L", $"127.0.0.1:{targetPort}");

    public void Dispose() => LocalServer.End(_process);

    private static async Task<ShadowsocksClient> StartAsync(string program, int serverPort, string method, params string[] more)
    {
        // Another process may take a free port before it does.
        string log = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ShadowsocksClient client = new(program, OwnEndPoints.NextPort(), serverPort, method, more);
            if (await LocalServer.AnswersAsync(client._process, client.EndPoint).WaitAsync(HostProcess.Limit)) return client;
            log = await client.Log;
            client.Dispose();
        }
        throw new InvalidOperationException($"{program} did not start: {log}");
    }
}
