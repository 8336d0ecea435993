using System.Globalization;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Both sides of Lightsocks with peers of a few lines of Python, and the files of lightsocks as they are.</summary>
public sealed class LightsocksTests : IDisposable
{
    private const int Megabyte = 1_000_000;

    // A permutation that is its own inverse would hide a wrong direction; 7 has no fixed point in steps of 256.
    private static readonly string Password = Convert.ToBase64String([.. Enumerable.Range(0, 256).Select(value => (byte)(value + 7))]);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresTheory(ExternalTool.Curl, ExternalTool.PySocks)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_local_side_of_another_program_leads_through_the_server(bool fromFile)
    {
        using HttpOrigin origin = new();
        using ProxyHost server = fromFile
            ? await StartAsync($$"""{ "listen": "127.0.0.1:0", "remote": "", "password": "{{Password}}" }""")
            : await ProxyHost.StartAsync("-L", $"lightsocks://{Uri.EscapeDataString(Password)}@127.0.0.1:0");
        using ScriptPeer local = ScriptPeer.Start(ExternalTool.PySocks, Local(server.Port));
        int port = int.Parse(await local.ReadLineAsync(), CultureInfo.InvariantCulture);
        // The server of another host refuses private destinations; this one is on loopback.
        (int exitCode, string hash) = await Curl.HashAsync(
            "--proxy", $"socks5h://127.0.0.1:{port}", $"http://localhost:{origin.EndPoint.Port}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
        Assert.Contains("MX1112", await server.LogLineAsync("MX1112"), StringComparison.Ordinal);
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.PySocks)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_local_side_leads_through_a_server_of_another_program(bool fromFile)
    {
        using HttpOrigin origin = new();
        using ScriptPeer server = ScriptPeer.Start(ExternalTool.PySocks, Server);
        int port = int.Parse(await server.ReadLineAsync(), CultureInfo.InvariantCulture);
        using ProxyHost local = fromFile
            ? await StartAsync($$"""{ "listen": "127.0.0.1:0", "remote": "127.0.0.1:{{port}}", "password": "{{Password}}" }""")
            : await ProxyHost.StartAsync("--listen", "socks5://127.0.0.1:0", "--forward", $"lightsocks://{Uri.EscapeDataString(Password)}@127.0.0.1:{port}");
        (int exitCode, string hash) = await Curl.HashAsync(
            "--proxy", $"socks5h://{local.Address}", $"http://localhost:{origin.EndPoint.Port}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
        using ClosedPort gone = new();
        // Such a server closes in place of a reply: no reason is known.
        (exitCode, _, string error) = await Curl.RunAsync("--proxy", $"socks5h://{local.Address}", $"http://{gone.EndPoint}");
        Assert.Equal(97, exitCode);
        Assert.Contains("(1)", error, StringComparison.Ordinal);
    }

    private Task<ProxyHost> StartAsync(string config)
    {
        string file = Path.Combine(_folder.Path, "lightsocks.json");
        File.WriteAllText(file, config);
        return ProxyHost.StartAsync("--config", file);
    }

    private static string Tables => $"""
        import base64, socket, socketserver, threading
        table = base64.b64decode('{Password}')
        inverse = bytes(table.index(i) for i in range(256))
        def pump(a, b, change):
            while (data := a.recv(65536)): b.sendall(data.translate(change))
            b.shutdown(socket.SHUT_WR)
        def both(a, b, there, back):
            other = threading.Thread(target=pump, args=(b, a, back))
            other.start()
            pump(a, b, there)
            other.join()
        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
        def serve(handler):
            server = Server(('127.0.0.1', 0), handler)
            print(server.server_address[1], flush=True)
            server.serve_forever()

        """;

    // As deployed ones are: it only replaces octets, and the application speaks SOCKS5 itself.
    private static string Local(int server) => Tables + $"""
        class Handler(socketserver.BaseRequestHandler):
            def handle(self): both(self.request, socket.create_connection(('127.0.0.1', {server})), table, inverse)
        serve(Handler)
        """;

    // As deployed ones are: 05 00 to any greeting, one reply, and an end where the target cannot be reached.
    private static string Server => Tables + """
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                read = lambda: self.request.recv(256).translate(inverse)
                if read()[0] != 5: return
                self.request.sendall(b'\5\0'.translate(table))
                request = read()
                host = {1: lambda: socket.inet_ntoa(request[4:8]), 3: lambda: request[5:-2].decode()}[request[3]]()
                try: out = socket.create_connection((host, int.from_bytes(request[-2:], 'big')))
                except OSError: return
                self.request.sendall(b'\5\0\0\1\0\0\0\0\0\0'.translate(table))
                both(self.request, out, inverse, table)
        serve(Handler)
        """;
}
