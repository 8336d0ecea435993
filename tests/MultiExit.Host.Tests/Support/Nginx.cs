using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running nginx with one site on two ports: plain, as the fallback of a tunnel, and with TLS, to compare the tunnel's port
/// with.</summary>
internal sealed class Nginx : IDisposable
{
    private const int Attempts = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private Nginx(TemporaryCertificate certificate, string more, int plain, int tls)
    {
        Plain = new IPEndPoint(IPAddress.Loopback, plain);
        Tls = new IPEndPoint(IPAddress.Loopback, tls);
        string site = $"{more} location / {{ default_type text/plain; return 200 \"hello\\n\"; }} location /gone {{ return 404; }}";
        string[] stores = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        string paths = string.Concat(stores.Select(name => $"{name}_temp_path {_folder.Path}/{name};"));
        string file = Path.Combine(_folder.Path, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; master_process off; error_log stderr; pid {{_folder.Path}}/pid;
            events { }
            http {
              access_log off; {{paths}}
              ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;
              server { listen {{Plain}}; {{site}} }
              ssl_certificate {{certificate.CertificatePath}}; ssl_certificate_key {{certificate.KeyPath}};
              server { listen {{Tls}} ssl; {{site}} }
            }
            """);
        ProcessStartInfo start = new(ExternalTool.Command(ExternalTool.Nginx), ["-p", _folder.Path, "-c", file, "-e", "stderr"])
        {
            RedirectStandardError = true, UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        Log = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where it takes plain HTTP.</summary>
    public IPEndPoint Plain { get; }

    /// <summary>Where it takes HTTPS.</summary>
    public IPEndPoint Tls { get; }

    private Task<string> Log { get; }

    /// <summary>Starts one.</summary>
    /// <param name="certificate">The certificate of its port with TLS.</param>
    /// <param name="more">More directives of both servers.</param>
    public static async Task<Nginx> StartAsync(TemporaryCertificate certificate, string more = "")
    {
        // Another process may take a free port before nginx does.
        string log = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Nginx server = new(certificate, more, OwnEndPoints.NextPort(), OwnEndPoints.NextPort());
            if (await LocalServer.AnswersAsync(server._process, server.Tls).WaitAsync(HostProcess.Limit)) return server;
            log = await server.Log;
            server.Dispose();
        }
        throw new InvalidOperationException("nginx did not start: " + log);
    }

    public void Dispose()
    {
        LocalServer.End(_process);
        _folder.Dispose();
    }
}
