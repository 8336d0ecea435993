using System.Diagnostics;
using System.Net;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running danted of Dante, a SOCKS4 and SOCKS5 server, on a loopback port.</summary>
internal sealed class Danted : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private Danted(int port)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        LogFile = Path.Combine(_folder.Path, "danted.log");
        string file = Path.Combine(_folder.Path, "danted.conf");
        File.WriteAllText(file, $$"""
            logoutput: {{LogFile}}
            internal: 127.0.0.1 port = {{port}}
            external: 127.0.0.1
            socksmethod: none
            clientmethod: none
            user.privileged: {{Environment.UserName}}
            user.unprivileged: {{Environment.UserName}}
            client pass {
              from: 127.0.0.0/8 to: 0.0.0.0/0
            }
            socks pass {
              from: 127.0.0.0/8 to: 0.0.0.0/0
              protocol: tcp
              log: connect
            }

            """);
        _process = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.Danted), ["-f", file, "-p", Path.Combine(_folder.Path, "pid")])
        {
            RedirectStandardError = true, UseShellExecute = false,
        })!;
        Error = _process.StandardError.ReadToEndAsync();
    }

    public IPEndPoint EndPoint { get; }

    private Task<string> Error { get; }

    private string LogFile { get; }

    /// <summary>Whether it has connected a client to a port of this host.</summary>
    public bool HasConnectedTo(int port) => File.ReadAllText(LogFile).Contains($" 127.0.0.1.{port}\n", StringComparison.Ordinal);

    public static Task<Danted> StartAsync() =>
        LocalServer.StartAsync(port => new Danted(port), server => (server._process, server.EndPoint, server.Error));

    public void Dispose()
    {
        // Its children end with it, when they are asked.
        using (Process kill = Process.Start("kill", ["-s", "TERM", $"{_process.Id}"])) kill.WaitForExit();
        _process.WaitForExit(HostProcess.Limit);
        LocalServer.End(_process);
        _folder.Dispose();
    }
}
