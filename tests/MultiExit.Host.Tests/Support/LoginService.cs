using System.Diagnostics;
using System.Globalization;

namespace MultiExit.Host.Tests.Support;

/// <summary>A tiny HTTP back-end in Python: it knows <c>alice</c> by the password <c>wonder</c>, and <c>ci</c> by the token <c>tok-1</c>, and prints what it is
/// asked, a line each.</summary>
internal sealed class LoginService : IDisposable
{
    private const string Script =
        """
        import http.server, json, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                known = (asked.get('user'), asked.get('password')) == ('alice', 'wonder') or asked.get('token') == 'tok-1'
                answer = {'allow': known, 'user': asked.get('user', 'ci'), 'groups': ['staff'], 'limits': {'connections': 50}}
                print(asked.get('user', 'token'), asked['inbound'], known, flush=True)
                body = json.dumps(answer if known else {'allow': False}).encode()
                self.send_response(200)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *args): pass
        server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler)
        print('ready', flush=True)
        server.serve_forever()
        """;

    private readonly Process _process;

    private LoginService(Process process, int port)
    {
        _process = process;
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/login");
    }

    public string Url { get; }

    public static async Task<LoginService> StartAsync()
    {
        // What is asked behind its end, nobody else answers.
        int port = OwnEndPoints.NextPort();
        Process process = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.PySocks), ["-c", Script, $"{port}"])
        {
            RedirectStandardOutput = true, UseShellExecute = false,
        })!;
        if (await process.StandardOutput.ReadLineAsync().WaitAsync(Curl.Limit) != "ready") throw new InvalidOperationException("it did not start");
        return new LoginService(process, port);
    }

    /// <summary>The next question: the user or <c>token</c>, the inbound, and whether it was right.</summary>
    public Task<string?> NextAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(Curl.Limit);

    /// <summary>Ends it; what it was asked can still be read.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit(Curl.Limit);
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
