using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds;

/// <summary>Logins of users with hashes, through each protocol that has logins.</summary>
public sealed class HashedLoginTests
{
    private static readonly UserConfig Alice =
        new("alice", null, PasswordHash.Create("wonder"u8, new HashSettings(PasswordAlgorithm.Argon2id) { Memory = 64 }));

    [Theory]
    [InlineData("alice", "wonder", "0100")]
    [InlineData("alice", "wrong", "0101")]
    [InlineData("mallory", "wonder", "0101")]
    public async Task Socks5_lets_in_who_has_the_password_of_the_hash(string user, string password, string answer)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, Alice));
        await using SocketStream client = await gateway.ConnectAsync();
        byte[] reply = new byte[4];
        await client.WriteAsync(
            (byte[])[5, 1, 2, 1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user), (byte)password.Length, .. Encoding.ASCII.GetBytes(password)]);
        await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("0502" + answer, Convert.ToHexString(reply));
    }

    [Theory]
    [InlineData("alice:wonder", "HTTP/1.1 502")]
    [InlineData("alice:wrong", "HTTP/1.1 407")]
    [InlineData("mallory:wonder", "HTTP/1.1 407")]
    public async Task Http_lets_in_who_has_the_password_of_the_hash(string login, string answer)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, Alice));
        using TextPeer client = new(await gateway.ConnectAsync());
        string credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes(login));
        // Nothing listens on port 1.
        await client.SendAsync($"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nProxy-Authorization: Basic {credentials}\r\n\r\n");
        Assert.StartsWith(answer, await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wonder", "HTTP/1.1 502")]
    [InlineData("wrong", "HTTP/1.1 401")]
    public async Task WebSocket_lets_in_who_has_the_password_of_the_hash(string password, string answer)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds = [new WebSocketInboundConfig { Name = "web", Listen = new IPEndPoint(IPAddress.Loopback, 0), Users = [Alice], TrueAnswers = true }],
        });
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.SendAsync("GET /?host=127.0.0.1&port=1 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Proxy-Username: alice\r\nX-Proxy-Password: {password}\r\n\r\n");
        Assert.StartsWith(answer, await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_that_are_too_many_are_refused_counted_and_no_failed_logins()
    {
        UserConfig slow = new("slow", null, PasswordHash.Create("x"u8, new HashSettings(PasswordAlgorithm.Bcrypt) { Cost = 11 }));
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, slow));
        // Each asks for another password, so that each would cost a hash.
        List<TextPeer> clients = [];
        for (int i = 0; i < 40; i++)
        {
            TextPeer client = new(await gateway.ConnectAsync());
            clients.Add(client);
            string credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"slow:{i}"));
            await client.SendAsync($"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nProxy-Authorization: Basic {credentials}\r\n\r\n");
        }
        await Wait.UntilAsync(() => gateway.Server.GetLog(new LogQuery { Ids = ["MX1093"] }).Count > 0);
        Assert.True(gateway.Server.GetStatus().Rejected > 0);
        foreach (TextPeer client in clients) client.Dispose();
    }
}
