using System.Globalization;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>SOCKS4 and SOCKS4A with curl as the client of inbounds, and a server of a few lines of Python behind an exit.</summary>
public sealed class Socks4Tests : IDisposable
{
    private const int Megabyte = 1_000_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("mixed://127.0.0.1:0?socks4=true", "--socks4")]
    [InlineData("mixed://127.0.0.1:0?socks4=true", "--socks4a")]
    [InlineData("socks5://127.0.0.1:0?socks4=true", "--socks4")]
    [InlineData("socks5://127.0.0.1:0?socks4=true", "--socks4a")]
    [InlineData("socks4://127.0.0.1:0", "--socks4")]
    [InlineData("socks4a://127.0.0.1:0", "--socks4a")]
    public async Task Curl_downloads_by_both_versions(string url, string option)
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("-L", url);
        (int exitCode, string hash) = await Curl.HashAsync(option, proxy.Address, $"http://localhost:{origin.EndPoint.Port}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
    }

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("alice", "", "request rejected because the client program and identd report different user-ids")] // she has a password
    [InlineData("bob", "bob@", "")]
    [InlineData("bob", "", "")]
    [InlineData("bob", "alice@", "request rejected because the client program and identd report different user-ids")]
    [InlineData("carol", "carol@", "request rejected because SOCKS server cannot connect to identd on the client")] // from another network
    public async Task Curl_hears_why_a_user_id_is_refused(string user, string login, string error)
    {
        using HttpOrigin origin = new();
        string proof = user switch { "alice" => "password: secret-of-alice", "bob" => "networks: [127.0.0.0/8]", _ => "networks: [192.0.2.0/24]" };
        using ProxyHost proxy = await StartAsync($$"""
            inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0", socks4: true, users: { {{user}}: { {{proof}} } } }]
            """);
        (int exitCode, _, string heard) = await Curl.RunAsync(
            "--output", "/dev/null", "--proxy", $"socks4a://{login}{proxy.Address}", $"{origin.Url}/bytes/10");
        Assert.Equal(error.Length == 0, exitCode == 0);
        Assert.Contains(error, heard, StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task Curl_hears_of_a_refused_target()
    {
        using ClosedPort gone = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0?socks4=true");
        (int exitCode, _, string error) = await Curl.RunAsync("--socks4", proxy.Address, $"http://{gone.EndPoint}");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("rejected or failed", error, StringComparison.Ordinal);
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.PySocks)]
    [InlineData("socks4a", "name localhost user alice")]
    [InlineData("socks4", "address 127.0.0.1 user alice")]
    public async Task An_exit_goes_through_a_server_of_another_program(string scheme, string asked)
    {
        using HttpOrigin origin = new();
        using ScriptPeer server = ScriptPeer.Start(ExternalTool.PySocks, Server);
        int port = int.Parse(await server.ReadLineAsync(), CultureInfo.InvariantCulture);
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0", "--forward", $"{scheme}://alice@127.0.0.1:{port}");
        (int exitCode, string hash) = await Curl.HashAsync(
            "--proxy", $"socks5h://{proxy.Address}", $"http://localhost:{origin.EndPoint.Port}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
        Assert.Equal(asked, await server.ReadLineAsync());
    }

    private Task<ProxyHost> StartAsync(string config)
    {
        string file = Path.Combine(_folder.Path, "config.yaml");
        File.WriteAllText(file, config);
        return ProxyHost.StartAsync("--config", file);
    }

    // It says what it is asked for, and has the system resolve names, of IPv4.
    private const string Server = """
        import socket, socketserver, struct, threading
        def text(f):
            out = b''
            while (c := f.read(1)) != b'\0': out += c
            return out.decode()
        def pump(a, b):
            while (data := a.recv(65536)): b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        class Handler(socketserver.StreamRequestHandler):
            rbufsize = 0
            def handle(self):
                version, command, port, address = struct.unpack('>BBH4s', self.rfile.read(8))
                user, host, kind = text(self.rfile), socket.inet_ntoa(address), 'address'
                if address[:3] == b'\0\0\0' and address[3]: host, kind = text(self.rfile), 'name'
                print(kind, host, 'user', user, flush=True)
                out = socket.create_connection((socket.gethostbyname(host), port))
                self.request.sendall(b'\0\x5a' + struct.pack('>H', out.getsockname()[1]) + socket.inet_aton(out.getsockname()[0]))
                back = threading.Thread(target=pump, args=(out, self.request))
                back.start()
                pump(self.request, out)
                back.join()
        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
        server = Server(('127.0.0.1', 0), Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """;
}
