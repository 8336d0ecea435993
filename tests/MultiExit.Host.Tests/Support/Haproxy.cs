using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running HAProxy on a loopback port.</summary>
internal sealed class Haproxy : IDisposable
{
    private const int Attempts = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private Haproxy(Func<string, string> sections, int port)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        string file = Path.Combine(_folder.Path, "haproxy.cfg");
        File.WriteAllText(file, $"""
            global
              maxconn 100
            defaults
              timeout connect 10s
              timeout client 60s
              timeout server 60s
            {sections(EndPoint.ToString())}

            """);
        _process = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.Haproxy), ["-db", "-f", file])
        {
            RedirectStandardError = true, UseShellExecute = false,
        })!;
        Log = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    private Task<string> Log { get; }

    /// <summary>Starts one.</summary>
    /// <param name="sections">The sections of its configuration, for the address that it is to listen on.</param>
    public static async Task<Haproxy> StartAsync(Func<string, string> sections)
    {
        // Another process may take a free port before HAProxy does.
        string log = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Haproxy server = new(sections, FreePort());
            if (await server.AnswersAsync().WaitAsync(HostProcess.Limit)) return server;
            log = await server.Log;
            server.Dispose();
        }
        throw new InvalidOperationException("haproxy did not start: " + log);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit(HostProcess.Limit);
        }
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        while (!_process.HasExited)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(EndPoint);
                return !_process.HasExited;
            }
            catch (SocketException)
            {
                await poll.WaitForNextTickAsync();
            }
        }
        return false;
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
