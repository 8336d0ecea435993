using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Server;
using MultiExit.Engine.Shadowsocks;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Shadowsocks;

/// <summary>A server with a shadowsocks inbound, and clients of it: an exit of ours, or octets.</summary>
internal sealed class ShadowsocksRig(TestGateway gateway, string method) : IAsyncDisposable
{
    public const string Password = "a password of both";
    public const string Psk16 = "AAECAwQFBgcICQoLDA0ODw==";
    public const string Psk32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    /// <summary>The methods that have datagrams.</summary>
    public static IEnumerable<string> WithDatagrams =>
        ShadowsocksMethods.Names.Where(name => ShadowsocksMethods.Find(name)!.Value.HasDatagrams());

    public TestGateway Gateway => gateway;

    public ShadowsocksMethod Method { get; } = ShadowsocksMethods.Find(method)!.Value;

    public IPEndPoint Tcp => Listener("tcp");

    public IPEndPoint Udp => Listener("udp");

    /// <summary>The key of an inbound with a method.</summary>
    public static string KeyOf(string method) =>
        !ShadowsocksMethods.Find(method)!.Value.Is2022() ? Password : method == "2022-blake3-aes-128-gcm" ? Psk16 : Psk32;

    /// <summary>Starts a server.</summary>
    /// <param name="method">The method.</param>
    /// <param name="keys">More keys of the inbound, each behind a comma.</param>
    /// <param name="more">More of the document.</param>
    public static async Task<ShadowsocksRig> StartAsync(string method, string keys = "", string more = "", TimeProvider? time = null) => new(
        await TestGateway.StartAsync(ConfigAssert.Valid($$"""
            inbounds: [{ name: ss, type: shadowsocks, listen: "127.0.0.1:0", method: {{method}}, password: "{{KeyOf(method)}}"{{keys}} }]
            {{more}}
            """), new GatewayOptions { Time = time ?? TimeProvider.System }), method);

    /// <summary>The keys of a client.</summary>
    public ShadowsocksSecret Secret(string? user = null)
    {
        string text = user is null ? KeyOf(method) : $"{KeyOf(method)}:{user}";
        Assert.True(ShadowsocksSecret.TryCreate(Method, new Secret(text), out ShadowsocksSecret? secret, out string? problem), problem);
        return secret;
    }

    /// <summary>An exit through the server.</summary>
    /// <param name="endPoint">The port: that of datagrams is another one, since both were any.</param>
    /// <param name="transport">Its sockets.</param>
    /// <param name="user">The key of its user.</param>
    public ExitSet Client(IPEndPoint endPoint, ITransport transport, string? user = null)
    {
        string password = user is null ? KeyOf(method) : $"{KeyOf(method)}:{user}";
        return ExitFactory.Build(ConfigAssert.Valid($$"""
            {{ConfigAssert.Inbound}}
            exits: [{ name: client, type: shadowsocks, server: "{{endPoint}}", method: {{method}}, password: "{{password}}" }]
            """), transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
    }

    /// <summary>A connection to a target through the server.</summary>
    public async Task<DuplexStream> ConnectAsync(IPEndPoint target, string? user = null)
    {
        await using ExitSet exits = Client(Tcp, gateway.Transport, user);
        DialResult dial = await exits.Get("client").DialAsync(Destination.FromEndPoint(target), new DialContext(), default).AsTask()
            .WaitAsync(TestTransports.Patience);
        Assert.True(dial.Succeeded, dial.Detail);
        return dial.Connection;
    }

    /// <summary>The octets of a request.</summary>
    public byte[] RequestTo(IPEndPoint target, string? user = null, TimeProvider? time = null)
    {
        ShadowsocksSecret secret = Secret(user);
        ArrayBufferWriter<byte> octets = new();
        using ShadowsocksSealer sealer = new(Method, secret.Key, time ?? TimeProvider.System, null);
        sealer.Request(secret, Destination.FromEndPoint(target), "first"u8, octets);
        return octets.WrittenSpan.ToArray();
    }

    /// <summary>The octets of a datagram of a session.</summary>
    public byte[] DatagramTo(IPEndPoint target, ulong session, ulong number, string? user = null, TimeProvider? time = null)
    {
        ShadowsocksSecret secret = Secret(user);
        byte[] room = new byte[600];
        if (!Method.Is2022())
        {
            byte[] aeadSalt = RandomNumberGenerator.GetBytes(Method.KeyLength());
            return room[..ShadowsocksPacket.Seal(Method, secret.Key, aeadSalt, Destination.FromEndPoint(target), "ping"u8, room)];
        }
        byte[] salt = new byte[sizeof(ulong)], subkey = new byte[Method.KeyLength()];
        BinaryPrimitives.WriteUInt64BigEndian(salt, session);
        ShadowsocksKeys.DeriveSession(Method, secret.Key, salt, subkey);
        using ShadowsocksCipher cipher = new(Method, subkey);
        Shadowsocks2022Session keys = new(
            secret.Identities.Count > 0 ? secret.Identities[0] : secret.Key, secret.Hashes.Count > 0 ? secret.Hashes[0] : default, cipher, session, null);
        DateTimeOffset now = (time ?? TimeProvider.System).GetUtcNow();
        return room[..Shadowsocks2022Packet.Seal(keys, number, now, 10, Destination.FromEndPoint(target), "ping"u8, room)];
    }

    /// <summary>Sends octets, ends the direction where it is said, and reads to the end.</summary>
    /// <returns>How many octets came, and after what time the connection ended.</returns>
    public async Task<(int Count, TimeSpan Elapsed)> ProbeAsync(byte[] octets, bool ends, bool isSlow = false)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await using SocketStream client = await gateway.ConnectAsync(Tcp);
        int count = 0;
        try
        {
            foreach (byte[] part in isSlow ? octets.Chunk(1) : [octets]) await client.WriteAsync(part);
            if (ends) await client.CompleteWritesAsync(default);
            byte[] buffer = new byte[1000];
            int read;
            while ((read = await client.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience)) > 0) count += read;
        }
        catch (IOException)
        {
            // Reset.
        }
        return (count, watch.Elapsed);
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    private IPEndPoint Listener(string network) =>
        Assert.Single(gateway.Server.GetStatus().Listeners, listener => listener.Network == network).EndPoint;
}
