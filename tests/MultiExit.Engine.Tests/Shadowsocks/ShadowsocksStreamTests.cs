using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Shadowsocks;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Shadowsocks;

public sealed class ShadowsocksStreamTests
{
    [Theory]
    [MemberData(nameof(Methods))]
    public void A_method_has_its_keys(string name)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        Assert.Equal(method.KeyLength(), Secret(method).Key.Length);
        bool isFree = ShadowsocksSecret.TryCreate(method, new Secret("no base64 of this length"), out _, out string? problem);
        Assert.Equal(!method.Is2022(), isFree);
        if (problem is not null) Assert.DoesNotContain("no base64", problem, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Bytes_come_whole_in_both_directions_however_they_are_cut(string name)
    {
        await using Pair pair = await Pair.OpenAsync(ShadowsocksMethods.Find(name)!.Value, "first bytes"u8.ToArray());
        Assert.Equal(("example.com:443", "first bytes"), (pair.Request.Destination.ToString(), Encoding.ASCII.GetString(pair.Request.First.Span)));
        byte[] up = RandomNumberGenerator.GetBytes(700_000), down = RandomNumberGenerator.GetBytes(500_000);
        Task sending = SendAsync(pair.Client, up, 70_001), answering = SendAsync(pair.Server, down, 999);
        byte[] came = await ReadAsync(pair.Server);
        Assert.Equal([.. "first bytes"u8, .. up], came);
        Assert.Equal(down, await ReadAsync(pair.Client));
        await Task.WhenAll(sending, answering);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_request_without_first_bytes_and_an_answer_without_any_are_whole_too(string name)
    {
        await using Pair pair = await Pair.OpenAsync(ShadowsocksMethods.Find(name)!.Value, []);
        Assert.True(pair.Request.First.IsEmpty);
        await pair.Server.CompleteWritesAsync(default);
        Assert.Empty(await ReadAsync(pair.Client));
        await pair.Client.CompleteWritesAsync(default);
        Assert.Empty(await ReadAsync(pair.Server));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task What_came_before_a_changed_chunk_is_read_before_the_error(string name)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        await using Pair pair = await Pair.OpenAsync(method, "x"u8.ToArray());
        ArrayBufferWriter<byte> octets = new();
        using ShadowsocksSealer sealer = new(method, pair.Request.Key, TimeProvider.System, pair.Request.Salt);
        sealer.Seal("whole"u8, octets);
        sealer.Seal("changed"u8, octets);
        byte[] sent = octets.WrittenSpan.ToArray();
        sent[^1] ^= 1;
        await pair.Under.WriteAsync(sent);
        byte[] buffer = new byte[64];
        Assert.Equal(0, await pair.Client.ReadAsync(Memory<byte>.Empty)); // as the relay waits
        Assert.Equal("whole", Encoding.ASCII.GetString(buffer, 0, await pair.Client.ReadAsync(buffer)));
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(pair.Client));
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(pair.Client));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task What_was_changed_on_the_way_or_ends_within_a_chunk_is_an_error(string name)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        foreach (bool isCut in new[] { true, false })
        {
            await using Pair pair = await Pair.OpenAsync(method, "x"u8.ToArray());
            ArrayBufferWriter<byte> octets = new();
            using ShadowsocksSealer sealer = new(method, pair.Request.Key, TimeProvider.System, pair.Request.Salt);
            sealer.Seal("an answer"u8, octets);
            byte[] sent = octets.WrittenSpan.ToArray();
            if (isCut) sent = sent[..^1];
            else sent[^1] ^= 1;
            await pair.Under.WriteAsync(sent);
            await pair.Under.CompleteWritesAsync(default);
            await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(pair.Client));
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_request_is_taken_once(string name)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        byte[] request = RequestOf(method, TimeProvider.System);
        ShadowsocksHandshake server = ServerOf(method, TimeProvider.System);
        Assert.NotNull((await ServeAsync(server, request)).Request);
        Assert.Contains("has come before", (await ServeAsync(server, request)).Failure!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task No_octet_of_a_request_can_be_changed(string name)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        ManualTimeProvider time = new();
        byte[] request = RequestOf(method, time);
        for (int i = 0; i < request.Length; i += i < 100 ? 1 : 37)
        {
            byte[] changed = [.. request];
            changed[i] ^= 1;
            (ShadowsocksRequest? taken, ShadowsocksFailure? failure) = await ServeAsync(ServerOf(method, time), changed);
            Assert.True(taken is null && failure is not null, $"octet {i}");
        }
    }

    [Theory]
    [InlineData(31, false)]
    [InlineData(-31, false)]
    [InlineData(29, true)]
    public async Task A_client_whose_clock_is_off_is_told_of_in_words(int seconds, bool isTaken)
    {
        const ShadowsocksMethod method = ShadowsocksMethod.Blake3Aes128Gcm;
        ManualTimeProvider client = new(), server = new();
        (seconds > 0 ? client : server).Advance(TimeSpan.FromSeconds(Math.Abs(seconds)));
        (ShadowsocksRequest? taken, ShadowsocksFailure? failure) = await ServeAsync(ServerOf(method, server), RequestOf(method, client));
        Assert.Equal(isTaken, taken is not null);
        Assert.Equal(isTaken ? null : (UInt128?)Math.Abs(seconds), failure?.Skew);
    }

    [Fact]
    public async Task A_user_is_known_by_its_key()
    {
        const ShadowsocksMethod method = ShadowsocksMethod.Blake3Aes256Gcm;
        byte[][] users = [RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32)];
        byte[] server = RandomNumberGenerator.GetBytes(32);
        ShadowsocksServerKeys keys = new(method, server, users, hasIdentities: true);
        ShadowsocksHandshake handshake = new(keys, Salts(TimeProvider.System), TimeProvider.System);
        foreach ((byte[] key, int? user) in new (byte[], int?)[] { (users[1], 1), (users[0], 0), (RandomNumberGenerator.GetBytes(32), null) })
        {
            string text = $"{Convert.ToBase64String(server)}:{Convert.ToBase64String(key)}";
            Assert.True(ShadowsocksSecret.TryCreate(method, new Secret(text), out ShadowsocksSecret? secret, out _));
            (ShadowsocksRequest? taken, ShadowsocksFailure? failure) = await ServeAsync(handshake, RequestOf(secret, TimeProvider.System));
            Assert.Equal(user, taken?.User);
            Assert.Equal(user is null, failure is not null);
        }
    }

    [Fact]
    public async Task Where_users_have_keys_that_of_the_server_is_nobodys()
    {
        const ShadowsocksMethod method = ShadowsocksMethod.Blake3Aes128Gcm;
        byte[] server = RandomNumberGenerator.GetBytes(16), salt = RandomNumberGenerator.GetBytes(16), subkey = new byte[16];
        ShadowsocksServerKeys keys = new(method, server, [RandomNumberGenerator.GetBytes(16)], hasIdentities: true);
        ShadowsocksKeys.DeriveSession(method, server, salt, subkey);
        using ShadowsocksCipher cipher = new(method, subkey);
        byte[] header = new byte[Shadowsocks2022Header.RequestLength], second = new byte[400];
        Assert.True(Destination.TryParse("example.com:443", -1, out Destination? target));
        int length = Shadowsocks2022Header.WriteAddress(second, target, 0, "first"u8);
        Shadowsocks2022Header.WriteRequest(header, DateTimeOffset.UtcNow, length);
        byte[] sealedHeader = new byte[header.Length + 16], sealedSecond = new byte[length + 16];
        cipher.Seal(header, sealedHeader);
        cipher.Seal(second.AsSpan(0, length), sealedSecond);
        ShadowsocksHandshake handshake = new(keys, Salts(TimeProvider.System), TimeProvider.System);
        byte[] request = [.. salt, .. RandomNumberGenerator.GetBytes(16), .. sealedHeader, .. sealedSecond];
        (ShadowsocksRequest? taken, ShadowsocksFailure? failure) = await ServeAsync(handshake, request);
        Assert.Null(taken);
        Assert.Contains("not sealed", failure!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_salt_is_remembered_for_its_lifetime_and_never_more_than_two_generations()
    {
        ManualTimeProvider time = new();
        SaltFilter filter = new(TimeSpan.FromSeconds(60), 3, time);
        Assert.True(filter.TryAdd([1]));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.False(filter.TryAdd([1]));
        time.Advance(TimeSpan.FromSeconds(121));
        Assert.True(filter.TryAdd([1]));
        for (byte i = 2; i < 7; i++) Assert.True(filter.TryAdd([i]));
        Assert.False(filter.TryAdd([4]));
        Assert.False(filter.TryAdd([6]));
    }

    public static TheoryData<string> Methods => [.. ShadowsocksMethods.Names];

    internal static ShadowsocksSecret Secret(ShadowsocksMethod method)
    {
        string text = method.Is2022() ? Convert.ToBase64String(Enumerable.Range(7, method.KeyLength()).Select(i => (byte)i).ToArray()) : "a password";
        Assert.True(ShadowsocksSecret.TryCreate(method, new Secret(text), out ShadowsocksSecret? secret, out string? problem), problem);
        return secret;
    }

    private static SaltFilter Salts(TimeProvider time) => new(TimeSpan.FromMinutes(1), 1000, time);

    private static ShadowsocksHandshake ServerOf(ShadowsocksMethod method, TimeProvider time) =>
        new(new ShadowsocksServerKeys(method, Secret(method).Key, [], hasIdentities: false), Salts(time), time);

    private static byte[] RequestOf(ShadowsocksMethod method, TimeProvider time) => RequestOf(Secret(method), time);

    internal static byte[] RequestOf(ShadowsocksSecret secret, TimeProvider time)
    {
        ArrayBufferWriter<byte> octets = new();
        using ShadowsocksSealer sealer = new(secret.Method, secret.Key, time, null);
        Assert.Equal(5, sealer.Request(secret, Target, "first"u8, octets));
        return octets.WrittenSpan.ToArray();
    }

    private static Destination Target => Destination.TryParse("example.com:443", -1, out Destination? target) ? target : throw new InvalidOperationException();

    private static async Task<(ShadowsocksRequest? Request, ShadowsocksFailure? Failure)> ServeAsync(ShadowsocksHandshake server, byte[] octets)
    {
        DuplexPair pair = new();
        await pair.Left.WriteAsync(octets);
        await pair.Left.CompleteWritesAsync(default);
        using HandshakeReader reader = new(pair.Right);
        return await server.ReadAsync(reader, default);
    }

    private static async Task SendAsync(DuplexStream stream, byte[] bytes, int part)
    {
        for (int sent = 0; sent < bytes.Length; sent += part) await stream.WriteAsync(bytes.AsMemory(sent, Math.Min(part, bytes.Length - sent)));
        await stream.CompleteWritesAsync(default);
    }

    private static async Task<byte[]> ReadAsync(DuplexStream stream)
    {
        using MemoryStream read = new();
        byte[] buffer = new byte[10_000];
        int count;
        while ((count = await stream.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience)) > 0) read.Write(buffer, 0, count);
        return read.ToArray();
    }

    private sealed class Pair(DuplexPair under, ShadowsocksStream client, ShadowsocksStream server, ShadowsocksRequest request) : IAsyncDisposable
    {
        public ShadowsocksStream Client => client;

        public ShadowsocksStream Server => server;

        public ShadowsocksRequest Request => request;

        /// <summary>The server's end of the connection beneath.</summary>
        public DuplexStream Under => under.Right;

        public static async Task<Pair> OpenAsync(ShadowsocksMethod method, byte[] first)
        {
            DuplexPair under = new();
            ShadowsocksSecret secret = Secret(method);
            ShadowsocksSealer sealer = new(method, secret.Key, TimeProvider.System, null);
            ArrayBufferWriter<byte> octets = new();
            sealer.Request(secret, Target, first, octets);
            await under.Left.WriteAsync(octets.WrittenMemory);
            HandshakeReader reader = new(under.Right);
            (ShadowsocksRequest? request, ShadowsocksFailure? failure) = await ServerOf(method, TimeProvider.System).ReadAsync(reader, default);
            Assert.Null(failure);
            ShadowsocksStream client = new(under.Left, sealer, new ShadowsocksOpener(method, secret.Key, sealer.Salt, TimeProvider.System));
            ShadowsocksSealer answers = new(method, request!.Key, TimeProvider.System, request.Salt);
            return new Pair(under, client, new ShadowsocksStream(reader.Detach(), answers, request.Opener, request.First), request);
        }

        public async ValueTask DisposeAsync()
        {
            await client.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}
