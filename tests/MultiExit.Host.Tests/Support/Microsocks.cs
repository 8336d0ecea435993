using System.Diagnostics;
using System.Net;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running microsocks, a SOCKS5 server, on a loopback port, with a user.</summary>
internal sealed class Microsocks : IDisposable
{
    private readonly Process _process;

    private Microsocks(int port)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        _process = Process.Start(new ProcessStartInfo(
            ExternalTool.Command(ExternalTool.Microsocks), ["-i", "127.0.0.1", "-p", $"{port}", "-u", "alice", "-P", "wonder"])
        {
            RedirectStandardError = true, UseShellExecute = false,
        })!;
        Log = _process.StandardError.ReadToEndAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Its log; a line for each connection, once it has ended.</summary>
    private Task<string> Log { get; }

    public static Task<Microsocks> StartAsync() =>
        LocalServer.StartAsync(port => new Microsocks(port), server => (server._process, server.EndPoint, server.Log));

    /// <summary>Ends it.</summary>
    /// <returns>Its log.</returns>
    public async Task<string> EndAsync()
    {
        if (!_process.HasExited) _process.Kill();
        return await Log.WaitAsync(HostProcess.Limit);
    }

    public void Dispose() => LocalServer.End(_process);
}
