using System.Diagnostics;

namespace MultiExit.Host.Tests.Support;

/// <summary>A program that is not part of this project and that tests run; not every machine has it.</summary>
internal static class ExternalTool
{
    /// <summary>curl, with the SOCKS and HTTP proxy support that distributions build in.</summary>
    public const string Curl = "curl";

    /// <summary>A Python that can import PySocks (Debian's python3-socks).</summary>
    public const string PySocks = "python3-socks";

    /// <summary>NSS's client, tstclnt (Debian's libnss3-tools); where it is, the library is as well.</summary>
    public const string Nss = "libnss3-tools";

    /// <summary>Node.js that can require the npm package ws; <c>.ci/run</c> installs that into a folder of NODE_PATH.</summary>
    public const string NodeWs = "Node.js with the npm package ws";

    /// <summary>A Python that can import websockets (Debian's python3-websockets).</summary>
    public const string PyWebSockets = "python3-websockets";

    /// <summary>BIND 9.18 or later, which serves DNS over HTTPS.</summary>
    public const string Named = "named";

    /// <summary>nginx (Debian's nginx-light), with TLS.</summary>
    public const string Nginx = "nginx";

    /// <summary>HAProxy, a load balancer.</summary>
    public const string Haproxy = "haproxy";

    /// <summary>PowerShell 7, for the cmdlets of this checkout.</summary>
    public const string PowerShell = "pwsh";

    /// <summary>fail2ban, whose fail2ban-regex tries a filter on a log.</summary>
    public const string Fail2Ban = "fail2ban";

    /// <summary>Prometheus (Debian's prometheus, which has promtool too).</summary>
    public const string Prometheus = "prometheus";

    /// <summary>Chromium, which has no window here and is driven by its DevTools protocol.</summary>
    public const string Chromium = "chromium";

    /// <summary>OpenLDAP's server (Debian's slapd), with slapadd.</summary>
    public const string Slapd = "slapd";

    /// <summary>Apache's htpasswd (Debian's apache2-utils).</summary>
    public const string Htpasswd = "htpasswd";

    /// <summary>Linux-PAM, and the right to write a service of it: root, which tests of the modules need.</summary>
    public const string Pam = "PAM as root";

    /// <summary>OpenSSL 3, as a CA and as a client with a certificate.</summary>
    public const string OpenSsl = "openssl";

    /// <summary>The server of shadowsocks-libev.</summary>
    public const string ShadowsocksServer = "shadowsocks-libev";

    /// <summary>microsocks, a small SOCKS5 server.</summary>
    public const string Microsocks = "microsocks";

    /// <summary>danted of Dante (Debian's dante-server), a SOCKS server.</summary>
    public const string Danted = "dante-server";

    /// <summary>Python 3.9 or later, which passes descriptors.</summary>
    public const string Python = "python3";

    private static readonly TimeSpan Limit = HostProcess.Limit;

    private static readonly Dictionary<string, Lazy<string?>> Commands = new(StringComparer.Ordinal)
    {
        [Curl] = new(() => Runs("curl", "--version") ? "curl" : null),
        [Nss] = new(() => Runs("sh", "-c", "command -v tstclnt") ? "tstclnt" : null),
        // Debian's package belongs to this interpreter, whatever else is called python3.
        [Python] = new(() => new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(python => Runs(python, "-c", "import socket; socket.recv_fds"))),
        [PySocks] = new(() => new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(python => Runs(python, "-c", "import socks"))),
        [PowerShell] = new(() => Runs("pwsh", "-NoProfile", "-Version") ? "pwsh" : null),
        [NodeWs] = new(() => Runs("node", "-e", "require('ws')") ? "node" : null),
        [PyWebSockets] = new(() => new[] { "/usr/bin/python3", "python3" }
            .FirstOrDefault(python => Runs(python, "-c", "import websockets.client; websockets.client.connect"))),
        [Fail2Ban] = new(() => Runs("fail2ban-regex", "--version") ? "fail2ban-regex" : null),
        [Nginx] = new(() => new[] { "/usr/sbin/nginx", "nginx" }.FirstOrDefault(nginx => Runs(nginx, "-v"))),
        [Haproxy] = new(() => new[] { "/usr/sbin/haproxy", "haproxy" }.FirstOrDefault(haproxy => Runs(haproxy, "-v"))),
        [Slapd] = new(() => File.Exists("/usr/sbin/slapd") && Directory.Exists("/etc/ldap/schema") ? "/usr/sbin/slapd" : null),
        [Htpasswd] = new(() => Runs("sh", "-c", "command -v htpasswd") ? "htpasswd" : null),
        [Pam] = new(() => Runs("sh", "-c", "test $(id -u) = 0 && test -d /etc/pam.d && ldconfig -p | grep -q 'libpam.so.0'") ? "pam" : null),
        [Prometheus] = new(() => Runs("promtool", "--version") && Runs("prometheus", "--version") ? "prometheus" : null),
        [Chromium] = new(() => new[] { "chromium", "chromium-browser" }.FirstOrDefault(chromium => Runs(chromium, "--version"))),
        [ShadowsocksServer] = new(() => Runs("sh", "-c", "command -v ss-server") ? "ss-server" : null),
        [Microsocks] = new(() => Runs("sh", "-c", "command -v microsocks") ? "microsocks" : null),
        [Danted] = new(() => new[] { "/usr/sbin/danted", "danted" }.FirstOrDefault(danted => Runs(danted, "-v"))),
        [OpenSsl] = new(() => Runs("openssl", "version") ? "openssl" : null),
        [Named] = new(() => new[] { "/usr/sbin/named", "named" }.FirstOrDefault(named => Runs(named, "-v"))),
    };

    /// <summary>The command that starts it.</summary>
    /// <exception cref="InvalidOperationException">It is not on this machine.</exception>
    public static string Command(string tool) => Commands[tool].Value ?? throw new InvalidOperationException(WhyNot(tool));

    /// <summary>Why tests with it are not run; null when they are.</summary>
    public static string? WhyNot(string tool) => Commands[tool].Value is null ? $"{tool} is not installed" : null;

    private static bool Runs(string command, params string[] args)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, args)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            // A few lines at most: they fit into the pipes.
            return process.WaitForExit(Limit) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
