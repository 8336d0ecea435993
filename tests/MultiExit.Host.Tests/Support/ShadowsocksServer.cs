using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running ss-server of shadowsocks-libev on a loopback port, TCP and UDP.</summary>
internal sealed class ShadowsocksServer : IDisposable
{
    public const string Password = "a password of both";

    private const int Attempts = 5;
    private readonly Process _process;

    private ShadowsocksServer(string method, int port)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        _process = Process.Start(new ProcessStartInfo(
            ExternalTool.Command(ExternalTool.ShadowsocksServer), ["-s", "127.0.0.1", "-p", $"{port}", "-k", Password, "-m", method, "-u", "-t", "60"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        Log = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    public IPEndPoint EndPoint { get; }

    private Task<string> Log { get; }

    /// <summary>Starts one.</summary>
    public static async Task<ShadowsocksServer> StartAsync(string method)
    {
        // Another process may take a free port before it does.
        string log = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ShadowsocksServer server = new(method, OwnEndPoints.NextPort());
            if (await LocalServer.AnswersAsync(server._process, server.EndPoint).WaitAsync(HostProcess.Limit)) return server;
            log = await server.Log;
            server.Dispose();
        }
        throw new InvalidOperationException("ss-server did not start: " + log);
    }

    public void Dispose()
    {
        LocalServer.End(_process);
    }
}
