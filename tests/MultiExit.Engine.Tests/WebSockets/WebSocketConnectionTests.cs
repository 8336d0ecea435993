using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Tests.WebSockets;

public sealed class WebSocketConnectionTests
{
    private static readonly TimeSpan Patience = TestTransports.Patience;

    private static Task<WebSocketMessage> ReceiveAsync(WebSocketConnection connection) =>
        connection.ReceiveAsync(default).AsTask().WaitAsync(Patience);

    [Fact]
    public async Task A_text_may_be_any_bytes()
    {
        using WebSocketPair pair = new();
        byte[] bytes = [0xff, 0xfe, (byte)'|', 0xc3];
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x81, bytes));
        WebSocketMessage message = await ReceiveAsync(pair.Connection);
        Assert.Equal(WebSocketOpcode.Text, message.Opcode);
        Assert.Equal(bytes, message.Payload.ToArray());
        await pair.Connection.SendAsync(WebSocketOpcode.Text, bytes, default);
        Assert.Equal("8104FFFE7CC3", await pair.Wire.ReadAsync(6));
    }

    [Fact]
    public async Task Fragments_become_a_message_and_a_ping_between_them_is_answered()
    {
        using WebSocketPair pair = new();
        await pair.Wire.SendByteByByteAsync(WebSocketPair.Masked(0x02, 1, 2) + WebSocketPair.Masked(0x89, 7) + WebSocketPair.Masked(0x00)
            + WebSocketPair.Masked(0x80, 3) + WebSocketPair.Masked(0x82));
        WebSocketMessage message = await ReceiveAsync(pair.Connection);
        Assert.Equal([1, 2, 3], message.Payload.ToArray());
        Assert.Equal(WebSocketOpcode.Binary, message.Opcode);
        Assert.Equal("8A0107", await pair.Wire.ReadAsync(3));
        Assert.Equal(0, (await ReceiveAsync(pair.Connection)).Payload.Length);
    }

    [Theory]
    [InlineData("8101 41", "03EA")] // not masked
    [InlineData("C181 01020304 40", "03EA")]
    [InlineData("8381 01020304 40", "03EA")]
    [InlineData("89FE 007E", "03EA")]
    [InlineData("0980 01020304", "03EA")]
    [InlineData("8080 01020304", "03EA")]
    [InlineData("0181 01020304 40 8181 01020304 40", "03EA")]
    [InlineData("82FF 8000000000000000", "03EA")]
    [InlineData("82FE 0001 01020304", "03EA")]
    [InlineData("82FF 0000000000010000 01020304", "03F1")]
    [InlineData("02FE 8000 01020304", "03F1")] // 32 KiB: more than the 1000 bytes allowed here
    [InlineData("8881 01020304 00", "03EA")]
    [InlineData("8882 01020304 02EE", "03EA")] // 1004
    [InlineData("8883 01020304 02EAFC", "03EF")] // 1000 and a byte that is not UTF-8
    public async Task A_fault_is_answered_with_its_code_and_ends_the_connection(string hex, string code)
    {
        using WebSocketPair pair = new(options: new() { IsServer = true, MaxMessage = 1000 });
        Task<WebSocketMessage> receiving = ReceiveAsync(pair.Connection);
        await pair.Wire.SendAsync(hex);
        string close = await pair.Wire.ReadAsync(4);
        Assert.StartsWith("88", close, StringComparison.Ordinal);
        Assert.Equal(code, close[4..]);
        await pair.Wire.ReadToEndAsync();
        pair.Wire.Stream.Dispose();
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => receiving);
        Assert.Equal(ProxyError.ProtocolViolation, fault.Reason);
    }

    [Fact]
    public async Task Bytes_are_refused_by_the_same_rules()
    {
        using WebSocketPair pair = new();
        Task<int> reading = pair.Connection.ReadAsync(new byte[8192], default).AsTask();
        await pair.Wire.SendAsync("8101 41");
        Assert.Equal("03EA", (await pair.Wire.ReadAsync(4))[4..]);
        pair.Wire.Stream.Dispose();
        await Assert.ThrowsAsync<ProxyException>(() => reading.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_client_refuses_masked_frames_and_masks_its_own()
    {
        using WebSocketPair pair = new(isServer: false);
        await pair.Connection.SendAsync(WebSocketOpcode.Binary, Encoding.ASCII.GetBytes("ab"), default);
        byte[] frame = Convert.FromHexString(await pair.Wire.ReadAsync(8));
        Assert.Equal([0x82, 0x82], frame[..2]);
        Assert.Equal("ab", Encoding.ASCII.GetString([(byte)(frame[6] ^ frame[2]), (byte)(frame[7] ^ frame[3])]));
        Task<WebSocketMessage> receiving = ReceiveAsync(pair.Connection);
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x82, 1));
        Assert.StartsWith("88", await pair.Wire.ReadAsync(2), StringComparison.Ordinal);
        pair.Wire.Stream.Dispose();
        await Assert.ThrowsAsync<ProxyException>(() => receiving);
    }

    [Fact]
    public async Task No_two_frames_of_a_client_have_one_key()
    {
        using WebSocketPair pair = new(isServer: false);
        HashSet<string> keys = [];
        for (int i = 0; i < 100; i++)
        {
            await pair.Connection.SendAsync(WebSocketOpcode.Binary, new byte[1], default);
            keys.Add((await pair.Wire.ReadAsync(7))[4..12]);
        }
        Assert.InRange(keys.Count, 99, 100);
    }

    [Theory]
    [InlineData("8882 01020304 02EA", "880203E8", 1000)]
    [InlineData("8880 01020304", "8800", 1005)]
    [InlineData("8884 01020304 02EA6B6D", "880203E8", 1000)]
    public async Task A_close_is_answered_with_its_code(string hex, string answer, int code)
    {
        using WebSocketPair pair = new();
        await pair.Wire.SendAsync(hex + "8101"); // the bytes after it are not looked at
        Assert.True((await ReceiveAsync(pair.Connection)).IsEnd);
        Assert.Equal(code, (int)pair.Connection.CloseCode!.Value);
        Assert.Equal(answer, await pair.Wire.ReadAsync(answer.Length / 2));
        await pair.Connection.SendAsync(WebSocketOpcode.Text, default, default); // discarded
        Assert.Equal("", await pair.Wire.ReadToEndAsync());
        Assert.True((await ReceiveAsync(pair.Connection)).IsEnd);
    }

    [Fact]
    public async Task The_end_of_the_stream_is_1006_between_messages_and_an_error_within_one()
    {
        using WebSocketPair pair = new();
        await pair.Wire.Stream.CompleteWritesAsync(default);
        Assert.True((await ReceiveAsync(pair.Connection)).IsEnd);
        Assert.Equal(WebSocketCloseCode.Abnormal, pair.Connection.CloseCode);

        using WebSocketPair broken = new();
        await broken.Wire.SendAsync(WebSocketPair.Masked(0x82, 1, 2)[..^2]);
        await broken.Wire.Stream.CompleteWritesAsync(default);
        await Assert.ThrowsAnyAsync<IOException>(() => ReceiveAsync(broken.Connection));
    }

    [Fact]
    public async Task Many_senders_mix_no_frames()
    {
        (WebSocketConnection client, WebSocketConnection server) = WebSocketPair.Connect();
        using WebSocketConnection one = client, two = server;
        Task sending = Task.WhenAll(Enumerable.Range(0, 16).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
                await client.SendAsync(WebSocketOpcode.Binary, Enumerable.Repeat((byte)sender, 1 + 37 * i).ToArray(), default);
        })));
        int[] counts = new int[16];
        for (int i = 0; i < 16 * 200; i++)
        {
            ReadOnlyMemory<byte> payload = (await ReceiveAsync(server)).Payload;
            byte sender = payload.Span[0];
            Assert.Equal(1 + 37 * counts[sender]++, payload.Length);
            Assert.False(payload.Span.ContainsAnyExcept(sender));
        }
        await sending.WaitAsync(Patience);
    }

    [Fact]
    public async Task Senders_wait_for_a_peer_that_does_not_read()
    {
        (WebSocketConnection client, WebSocketConnection server) = WebSocketPair.Connect();
        using WebSocketConnection one = client, two = server;
        byte[] payload = new byte[64 * 1024];
        List<Task> sends = [];
        while (sends.Count < 100) sends.Add(client.SendAsync(WebSocketOpcode.Binary, payload, default).AsTask());
        // 1 MiB fits the pipe, the rest of 6 MiB waits with its senders.
        Assert.InRange(sends.Count(send => !send.IsCompleted), 50, 99);
        for (int i = 0; i < sends.Count; i++) Assert.Equal(payload.Length, (await ReceiveAsync(server)).Payload.Length);
        await Task.WhenAll(sends).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_sender_in_wait_ends_with_the_connection()
    {
        (WebSocketConnection client, WebSocketConnection server) = WebSocketPair.Connect();
        using WebSocketConnection one = client, two = server;
        List<Task> sends = [.. Enumerable.Range(0, 40).Select(_ => client.SendAsync(WebSocketOpcode.Binary, new byte[64 * 1024], default).AsTask())];
        client.Abort();
        foreach (Task send in sends.Where(send => !send.IsCompletedSuccessfully)) await Assert.ThrowsAnyAsync<IOException>(() => send.WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<IOException>(() => client.SendAsync(WebSocketOpcode.Text, default, default).AsTask());
    }

    [Fact]
    public async Task A_silent_peer_is_given_up_and_an_answering_one_is_not()
    {
        ManualTimeProvider time = new();
        WebSocketOptions options = new() { IsServer = true, PingInterval = TimeSpan.FromSeconds(30), PingTimeout = TimeSpan.FromSeconds(10) };
        using WebSocketPair pair = new(time: time, options: options);
        Task<WebSocketMessage> receiving = ReceiveAsync(pair.Connection);
        time.Advance(TimeSpan.FromSeconds(30));
        string ping = await pair.Wire.ReadAsync(10);
        Assert.StartsWith("8908", ping, StringComparison.Ordinal);
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x8A, Convert.FromHexString(ping[4..])) + WebSocketPair.Masked(0x82, 1));
        Assert.Equal(1, (await receiving).Payload.Length);
        receiving = ReceiveAsync(pair.Connection);
        time.Advance(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(25));
        await pair.Wire.ReadAsync(10);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(receiving.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAnyAsync<IOException>(() => receiving);
    }

    [Fact]
    public async Task Silence_behind_our_own_data_proves_nothing_unless_the_peer_always_reads()
    {
        ManualTimeProvider time = new();
        WebSocketOptions options = new() { IsServer = true, PingInterval = TimeSpan.FromSeconds(30), PingTimeout = TimeSpan.FromSeconds(10) };
        using WebSocketPair lazy = new(time: time, options: options);
        using WebSocketPair multiplexer = new(time: time, options: options with { PeerAlwaysReads = true });
        using WebSocketPair limited = new(time: time, options: options with { SilenceLimit = TimeSpan.FromSeconds(60) });
        await limited.Connection.SendAsync(WebSocketOpcode.Binary, new byte[1], default);
        Task<WebSocketMessage> third = ReceiveAsync(limited.Connection);
        await lazy.Connection.SendAsync(WebSocketOpcode.Binary, new byte[1], default);
        await multiplexer.Connection.SendAsync(WebSocketOpcode.Binary, new byte[1], default);
        Task<WebSocketMessage> first = ReceiveAsync(lazy.Connection);
        Task<WebSocketMessage> second = ReceiveAsync(multiplexer.Connection);
        time.Advance(TimeSpan.FromSeconds(30));
        for (int i = 0; i < 11; i++) time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(third.IsCompleted);
        for (int i = 0; i < 9; i++) time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAnyAsync<IOException>(() => second);
        await Assert.ThrowsAnyAsync<IOException>(() => third);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_a_close_is_aborted()
    {
        ManualTimeProvider time = new();
        using WebSocketPair pair = new(time: time);
        Task<WebSocketMessage> receiving = ReceiveAsync(pair.Connection);
        await pair.Connection.SendCloseAsync(WebSocketCloseCode.GoingAway, "", default);
        Assert.Equal("880203E9", await pair.Wire.ReadAsync(4));
        time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<IOException>(() => receiving);
    }

    [Fact]
    public async Task Pings_without_end_fill_no_memory()
    {
        using WebSocketPair pair = new();
        Task<WebSocketMessage> receiving = ReceiveAsync(pair.Connection);
        byte[] pings = [.. Enumerable.Range(0, 1000).SelectMany(_ => Convert.FromHexString(WebSocketPair.Masked(0x89, new byte[100])))];
        // 10 MB of pings whose pongs are not read: if all were answered, the pipe of 1 MiB and more would be full.
        for (int i = 0; i < 100; i++) await pair.Wire.Stream.WriteAsync(pings).AsTask().WaitAsync(Patience);
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x82, 5));
        Assert.Equal([5], (await receiving).Payload.ToArray());
    }
}
