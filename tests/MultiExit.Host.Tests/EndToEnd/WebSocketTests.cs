using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The WebSocket proxy with clients and servers that are no part of this project.</summary>
public sealed class WebSocketTests
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    [RequiresFact(ExternalTool.NodeWs)]
    public async Task Npm_ws_is_served_text_and_binary_and_closed_in_order()
    {
        using EchoServer echo = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "ws://alice:pw@127.0.0.1:0");
        string output = await ScriptPeer.RunAsync(ExternalTool.NodeWs, $$"""
            const WebSocket = require('ws'), crypto = require('crypto');
            const headers = { 'X-Proxy-Target-Host': '127.0.0.1', 'X-Proxy-Target-Port': '{{echo.EndPoint.Port}}',
                'X-Proxy-Username': 'alice', 'X-Proxy-Password': 'pw' };
            const ws = new WebSocket('ws://{{proxy.Address}}/any/path', { headers });
            const data = crypto.randomBytes(8 << 20), parts = [];
            let length = 0;
            ws.on('open', () => {
                for (let i = 0; i < 8; i++) ws.send(data.subarray(i << 20, (i + 1) << 20));
                ws.ping('x');
                ws.send('end of it', { binary: false });
            });
            ws.on('pong', () => console.log('pong'));
            ws.on('message', (part, binary) => {
              if (!binary) throw new Error('a text');
              parts.push(part);
              if ((length += part.length) == data.length + 9) ws.close(1000, 'done');
            });
            ws.on('close', (code) => {
              const all = Buffer.concat(parts);
              console.log(code, ws.extensions, all.subarray(0, data.length).equals(data), all.subarray(data.length).toString());
            });
            """);
        Assert.Equal("pong\n1000  true end of it", output);
    }

    [RequiresFact(ExternalTool.NodeWs)]
    public async Task Npm_ws_hears_why_it_is_not_served()
    {
        using ClosedPort closed = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "ws://alice:pw@127.0.0.1:0");
        string output = await ScriptPeer.RunAsync(ExternalTool.NodeWs, $$"""
            const WebSocket = require('ws');
            const dial = (password) => new Promise((resolve) => {
              const ws = new WebSocket('ws://{{proxy.Address}}/?host=127.0.0.1&port={{closed.Port}}',
                { headers: { 'X-Proxy-Username': 'alice', 'X-Proxy-Password': password } });
              ws.on('error', () => {});
              ws.on('close', (code, reason) => resolve(code + ' ' + reason));
              ws.on('unexpected-response', (request, response) => {
                resolve(response.statusCode + ' ' + response.headers['proxy-status']);
                request.destroy();
              });
            });
            (async () => { console.log(await dial('no')); console.log(await dial('pw')); })();
            """);
        Assert.Equal("401 undefined\n1011 the destination refused the connection", output);
    }

    [RequiresFact(ExternalTool.NodeWs)]
    public async Task The_exit_goes_through_a_server_that_accepts_before_it_dials()
    {
        using HttpOrigin origin = new();
        using ClosedPort closed = new();
        // As deployed servers do it: 101, then the dial, and the end of the connection when that fails.
        using ScriptPeer server = ScriptPeer.Start(ExternalTool.NodeWs, """
            const { WebSocketServer } = require('ws'), net = require('net');
            const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => console.log(server.address().port));
            server.on('connection', (ws, request) => {
              const h = request.headers;
              if (h['x-proxy-username'] !== 'bob' || h['x-proxy-password'] !== 'b:ilder') return ws.terminate();
              const target = net.connect(Number(h['x-proxy-target-port']), h['x-proxy-target-host']);
              ws.on('message', (data) => target.write(data));
              target.on('data', (data) => { ws.send(data); if (ws.bufferedAmount > 1 << 20) { target.pause(); setTimeout(() => target.resume(), 1); } });
              target.on('end', () => ws.close());
              target.on('error', () => ws.terminate());
              ws.on('close', () => target.end());
              ws.on('error', () => target.destroy());
            });
            """);
        string port = await server.ReadLineAsync();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "socks5://127.0.0.1:0", "--forward", $"ws://bob:b%3Ailder@127.0.0.1:{port}/p");
        (int code, string hash) = await Curl.HashAsync("--socks5-hostname", proxy.Address, $"http://{origin.EndPoint}/bytes/20000000");
        Assert.Equal((0, HttpOrigin.HashOf(20_000_000)), (code, hash));
        // A target that waits for the client cannot be distinguished from one that cannot be reached, unless we wait for the server to close.
        using ProxyHost patient = await ProxyHost.StartAsync(
            "--listen", "socks5://127.0.0.1:0",
            "--forward", $"ws://bob:b%3Ailder@127.0.0.1:{port}/p?reply_wait=20s");
        (code, _, string error) = await Curl.RunAsync("--socks5-hostname", patient.Address, $"http://{closed.EndPoint}/");
        Assert.Equal(97, code); // CURLE_PROXY
        Assert.Contains("(1)", error, StringComparison.Ordinal); // REP 01, not a success
    }

    [RequiresFact(ExternalTool.PyWebSockets)]
    public async Task Python_websockets_is_served_without_the_compression_it_offers()
    {
        using EchoServer echo = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "ws://127.0.0.1:0?private_destinations=allow");
        string output = await ScriptPeer.RunAsync(ExternalTool.PyWebSockets, $$"""
            import asyncio, hashlib, os, websockets.client
            async def main():
                fields = { 'X-Proxy-Target-Host': '127.0.0.1', 'X-Proxy-Target-Port': '{{echo.EndPoint.Port}}' }
                async with websockets.client.connect('ws://{{proxy.Address}}/', extra_headers=fields, max_size=None) as ws:
                    data = os.urandom(4 << 20)
                    async def send():
                        for i in range(0, len(data), 100000):
                            # fragmented where it is long
                            await ws.send([data[i:i + 1000], data[i + 1000:i + 100000]] if i + 1000 < len(data) else data[i:])
                    sender = asyncio.ensure_future(send())
                    received = b''
                    while len(received) < len(data): received += await ws.recv()
                    await sender
                    await asyncio.wait_for(await ws.ping(), 30)
                    print(received == data, len(ws.extensions))
                print(ws.close_code)
            asyncio.run(main())
            """);
        Assert.Equal("True 0\n1000", output);
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task Curl_is_told_what_is_missing()
    {
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "ws://alice:pw@127.0.0.1:0");
        string url = $"http://{proxy.Address}/";
        string[] upgrade = ["-H", "Connection: Upgrade", "-H", "Upgrade: websocket"];
        string[] target = ["-H", "X-Proxy-Target-Host: 127.0.0.1", "-H", "X-Proxy-Target-Port: 1"];
        string[] alice = ["-H", "X-Proxy-Username: alice", "-H", "X-Proxy-Password: pw"];
        Assert.StartsWith("426 websocket 13 ", await StatusAsync(url));
        Assert.StartsWith("426 websocket 13 ", await StatusAsync([url, .. upgrade, "-H", Key, "-H", "Sec-WebSocket-Version: 8"]));
        Assert.StartsWith("400 ", await StatusAsync([url, .. upgrade, "-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: x"]));
        Assert.StartsWith("401 ", await StatusAsync([url, .. upgrade, "-H", "Sec-WebSocket-Version: 13", "-H", Key, .. target]));
        Assert.StartsWith("401 ", await StatusAsync([url, .. upgrade, "-H", "Sec-WebSocket-Version: 13", "-H", Key, .. alice, "-H", "X-Proxy-Target-Host: a"]));
        string[] extension = ["-H", "Sec-WebSocket-Extensions: multiexit-half-close"];
        Assert.Contains(
            "connection_refused", await StatusAsync([url, .. upgrade, "-H", "Sec-WebSocket-Version: 13", "-H", Key, .. alice, .. target, .. extension]));
    }

    private static async Task<string> StatusAsync(params string[] args)
    {
        (int code, string output, string error) = await Curl.RunAsync(
            ["--output", "/dev/null", "--write-out", "%{http_code} %header{upgrade} %header{sec-websocket-version} %header{proxy-status}", .. args]);
        Assert.True(code == 0, error);
        return output;
    }
}
