using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The letters of ech-tunnel: proxy, ECH tunnel over wss, server, target; against each other, with clients that are no part of this project.</summary>
public sealed class EchTunnelTests
{
    private const int Length = 3_000_000;

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("auto")]
    [InlineData("plain")]
    public async Task Proxy_mode_serves_both_proxy_protocols(string format)
    {
        using HttpOrigin first = new();
        using HttpOrigin second = new();
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, "proxy://user:pass@127.0.0.1:0", format);
        foreach (string scheme in (string[])["socks5h://", "http://"])
            Assert.Equal((0, HttpOrigin.HashOf(Length)), await Curl.HashAsync("--proxy", $"{scheme}user:pass@{client.Address}", $"{first.Url}/bytes/{Length}"));
        // A field in lower case, and a second host on the same connection to the proxy.
        (int exitCode, string output, _) = await Curl.RunAsync(
            "--proxy", $"http://user:pass@{client.Address}", "-X", "PUT", "-H", "content-length: 5", "--data-binary", "hello", $"{first.Url}/a",
            "--next", "--proxy", $"http://user:pass@{client.Address}", "--silent", $"{second.Url}/bytes/0");
        Assert.Equal((0, Convert.ToHexString(SHA256.HashData("hello"u8))), (exitCode, output.Trim()));
        Assert.Single(second.Peers);
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task Forward_mode_leads_each_port_to_its_target()
    {
        using HttpOrigin first = new();
        using HttpOrigin second = new();
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, $"tcp://127.0.0.1:0/{first.EndPoint},127.0.0.1:0/{second.EndPoint}", "auto");
        foreach ((string _, string address) in client.Listeners)
            Assert.Equal((0, HttpOrigin.HashOf(10)), await Curl.HashAsync($"http://{address}/bytes/10"));
        Assert.Single(first.Peers);
        Assert.Single(second.Peers);
    }

    [RequiresTheory(ExternalTool.PySocks)]
    [InlineData("auto")]
    [InlineData("plain")]
    public async Task A_dns_query_goes_through(string format)
    {
        using DnsServer dns = new(IPAddress.Parse("192.0.2.7"));
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, "proxy://127.0.0.1:0", format);
        Assert.Equal("1234 True 192.0.2.7", await PySocks.QueryAsync(client.Port, dns.Port));
    }

    [RequiresFact(ExternalTool.PySocks)]
    public async Task A_client_that_ends_its_direction_first_gets_all_of_the_answer()
    {
        byte[] answer = RandomNumberGenerator.GetBytes(Length);
        using HalfCloseTarget target = new(answer, sendsFirst: false);
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, "proxy://127.0.0.1:0", "auto");
        Assert.Equal(Convert.ToHexString(SHA256.HashData(answer)), await PySocks.SendThenReceiveAsync(client.Port, target.EndPoint, Length));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(new byte[Length])), await target.Received.WaitAsync(Curl.Limit));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("plain")]
    public async Task A_thousand_connects_at_once_are_all_served(string format)
    {
        using EchoServer target = new();
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, "proxy://127.0.0.1:0", format);
        Socket[] sockets = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => SocksClient.ConnectAsync(client.Port, target.EndPoint)));
        await Task.WhenAll(sockets.Select(SocksClient.EchoAsync));
        foreach (Socket socket in sockets) socket.Close(0);
    }

    // Written from the table of the format alone (docs/protocols.md).
    [RequiresFact(ExternalTool.NodeWs)]
    public async Task A_client_on_npm_ws_is_served_with_raw_bytes_in_texts()
    {
        using EchoServer echo = new();
        using ProxyHost server = await ProxyHost.StartAsync("-l", "ws://127.0.0.1:0/tunnel", "-token", "mytoken");
        string output = await ScriptPeer.RunAsync(ExternalTool.NodeWs, $$"""
            const WebSocket = require('ws'), crypto = require('crypto');
            const id = crypto.randomUUID(), data = crypto.randomBytes(4 << 20), first = Buffer.from([0xff, 0x7c, 0xfe, 0x80]), got = [];
            let winner, length = 0;
            const channels = [0, 1, 2].map((index) => {
              const ws = new WebSocket('ws://{{server.Address}}/tunnel', 'mytoken', { perMessageDeflate: false });
              ws.on('open', () => ws.send(`CLAIM:${id}|${index}`));
              ws.on('message', (message, binary) => {
                const text = message.toString('latin1');
                if (text === `CLAIM_ACK:${id}|${index}`) {
                  if (winner) return;
                  winner = ws;
                  ws.send(Buffer.concat([Buffer.from(`TCP:${id}|127.0.0.1:{{echo.EndPoint.Port}}|`), first]), { binary: false });
                } else if (text === `CONNECTED:${id}`) {
                  for (let at = 0; at < data.length; at += 32768)
                    ws.send(Buffer.concat([Buffer.from(`DATA:${id}|`), data.subarray(at, at + 32768)]), { binary: false });
                } else if (text.startsWith(`DATA:${id}|`)) {
                  if (!binary || ws !== winner) throw new Error('the wrong frame or channel');
                  got.push(message.subarray(42));
                  if ((length += message.length - 42) === first.length + data.length) ws.send(`CLOSE:${id}`);
                } else if (text === `CLOSE:${id}`) {
                  console.log(ws.protocol, ws.extensions === '', Buffer.concat(got).equals(Buffer.concat([first, data])));
                  Promise.all(opened).then(() => channels.forEach((channel) => channel.close()));
                } else throw new Error(text);
              });
              return ws;
            });
            // One may still be on its way when the race is won and all data has been sent; a channel that is closed before it is open is an
            // error to ws.
            const opened = channels.map((channel) => new Promise((resolve) => channel.on('open', resolve)));
            """);
        Assert.Equal("mytoken true true", output);
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.NodeWs)]
    public async Task The_exit_goes_through_a_server_on_npm_ws()
    {
        using HttpOrigin origin = new();
        using ClosedPort closed = new();
        using ScriptPeer server = ScriptPeer.Start(ExternalTool.NodeWs, """
            const { WebSocketServer } = require('ws'), net = require('net');
            const server = new WebSocketServer({
              port: 0, host: '127.0.0.1', path: '/tunnel', skipUTF8Validation: true, perMessageDeflate: false,
              verifyClient: (info) => info.req.headers['sec-websocket-protocol'] === 'mytoken',
            }, () => console.log(server.address().port));
            const sessions = new Map();
            server.on('connection', (ws) => ws.on('message', (message) => {
              const colon = message.indexOf(':'), word = message.subarray(0, colon).toString(), rest = message.subarray(colon + 1);
              const id = rest.subarray(0, 36).toString(), body = rest.subarray(37);
              if (word === 'CLAIM') ws.send(`CLAIM_ACK:${id}|${body}`);
              if (word === 'DATA') sessions.get(id)?.write(body);
              if (word === 'CLOSE') { sessions.get(id)?.destroy(); ws.send(`CLOSE:${id}`); }
              if (word !== 'TCP') return;
              const bar = body.indexOf('|'), address = (bar < 0 ? body : body.subarray(0, bar)).toString(), port = address.lastIndexOf(':');
              const target = net.connect(Number(address.slice(port + 1)), address.slice(0, port));
              sessions.set(id, target);
              target.on('connect', () => target.write(bar < 0 ? '' : body.subarray(bar + 1), () => ws.send(`CONNECTED:${id}`)));
              target.on('data', (data) => {
                ws.send(Buffer.concat([Buffer.from(`DATA:${id}|`), data]));
                if (ws.bufferedAmount > 1 << 20) { target.pause(); setTimeout(() => target.resume(), 1); }
              });
              target.on('error', () => {});
              target.on('close', () => { sessions.delete(id); ws.send(`CLOSE:${id}`); });
            }));
            """);
        string port = await server.ReadLineAsync();
        using ProxyHost client = await ProxyHost.StartAsync("-l", "proxy://127.0.0.1:0", "-f", $"ws://127.0.0.1:{port}/tunnel", "-token", "mytoken");
        foreach (string scheme in (string[])["socks5h://", "http://"])
            Assert.Equal((0, HttpOrigin.HashOf(Length)), await Curl.HashAsync("--proxy", scheme + client.Address, $"{origin.Url}/bytes/{Length}"));
        (int exitCode, _, string error) = await Curl.RunAsync("--proxy", "socks5h://" + client.Address, $"http://{closed.EndPoint}/");
        Assert.Equal(97, exitCode);
        Assert.Contains("(1)", error, StringComparison.Ordinal); // reported, though without a reason
    }

    private static Task<ProxyHost> ServeAsync() =>
        ProxyHost.StartAsync("-l", "wss://127.0.0.1:0/tunnel", "-token", "mytoken", "-cidr", "10.0.0.0/8,127.0.0.0/8");

    private static Task<ProxyHost> ConnectAsync(ProxyHost server, string listen, string format) => ProxyHost.StartAsync(
        "-l", listen, "-f", $"wss://localhost:{server.Port}/tunnel?insecure=true&format={format}", "-ip", "127.0.0.1", "-token", "mytoken", "-n", "2");
}
