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
            Haproxy server = new(sections, OwnEndPoints.NextPort());
            if (await LocalServer.AnswersAsync(server._process, server.EndPoint).WaitAsync(HostProcess.Limit)) return server;
            log = await server.Log;
            server.Dispose();
        }
        throw new InvalidOperationException("haproxy did not start: " + log);
    }

    public void Dispose()
    {
        LocalServer.End(_process);
        _folder.Dispose();
    }
}
