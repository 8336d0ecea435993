using System.Diagnostics;
using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Tls;

namespace MultiExit.Host.Tests.Support;

/// <summary>A BIND that serves the zone <c>example</c> over HTTPS on 127.0.0.1 and ::1, on a port of its own.</summary>
internal sealed class BindServer : IDisposable
{
    public const string Host = "dns.test";
    private const int Attempts = 5;
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private BindServer(string zone, int port, string? networkNamespace)
    {
        Port = port;
        SelfSignedCertificate certificate = SelfSignedCertificate.Create([Host, "127.0.0.1", "::1"], TimeSpan.FromDays(1), TimeProvider.System);
        Write("cert.pem", certificate.CertificatePem + "\n");
        Write("key.pem", certificate.KeyPem + "\n");
        Write("zone", $"$TTL 60\n@ SOA ns.example. root.example. 1 60 60 60 5\n@ NS ns.example.\nns A 127.0.0.1\n{zone}");
        Write("named.conf", string.Create(CultureInfo.InvariantCulture, $$"""
            tls local { cert-file "{{_folder.Path}}/cert.pem"; key-file "{{_folder.Path}}/key.pem"; };
            http doh { endpoints { "/dns-query"; }; };
            options {
              directory "{{_folder.Path}}"; pid-file none; session-keyfile "{{_folder.Path}}/session.key"; lock-file none;
              listen-on port {{port}} tls local http doh { 127.0.0.1; };
              listen-on-v6 port {{port}} tls local http doh { ::1; };
              recursion no; notify no; dnssec-validation no;
            };
            controls { };
            zone "example" { type primary; file "{{_folder.Path}}/zone"; };
            """));
        string[] command = [ExternalTool.Command(ExternalTool.Named), "-g", "-n", "1", "-c", Path.Combine(_folder.Path, "named.conf")];
        if (networkNamespace is not null) command = ["ip", "netns", "exec", networkNamespace, .. command];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, UseShellExecute = false })!;
    }

    public int Port { get; }

    public string CaFile => Path.Combine(_folder.Path, "cert.pem");

    /// <summary>The resolver by its name, with its address.</summary>
    public DohConfig Config(IPAddress address) => new() { Url = new($"https://{Host}:{Port}/dns-query"), Bootstrap = [address], CaFile = CaFile };

    /// <summary>Starts one.</summary>
    /// <param name="zone">Records of the zone <c>example</c>, in the form of a zone file.</param>
    /// <param name="networkNamespace">Where; null for here.</param>
    public static async Task<BindServer> StartAsync(string zone, string? networkNamespace = null)
    {
        // Another process may take the free port before named does.
        string log = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            BindServer server = new(zone, OwnEndPoints.NextPort(), networkNamespace);
            log = await server.ReadLogAsync().WaitAsync(HostProcess.Limit);
            if (log.EndsWith(" running", StringComparison.Ordinal) && !log.Contains("address in use", StringComparison.Ordinal)) return server;
            server.Dispose();
        }
        throw new InvalidOperationException("named did not start: " + log);
    }

    /// <summary>Ends it at once.</summary>
    public void Stop()
    {
        if (_process.HasExited) return;
        _process.Kill();
        _process.WaitForExit(HostProcess.Limit);
    }

    public void Dispose()
    {
        Stop();
        _process.Dispose();
        _folder.Dispose();
    }

    // Up to the line that says it serves, or to its end.
    private async Task<string> ReadLogAsync()
    {
        List<string> lines = [];
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (!line.EndsWith(" running", StringComparison.Ordinal)) continue;
            // The output is not read any further; a full pipe would stop it.
            _ = _process.StandardError.ReadToEndAsync();
            break;
        }
        return string.Join('\n', lines);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.Path, name), text);
}
