using System.Security.Cryptography;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Tests.WebSockets;

public sealed class WebSocketStreamTests
{
    private static readonly TimeSpan Patience = TestTransports.Patience;

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(65536)]
    public async Task Text_and_binary_of_any_size_arrive_as_one_row_of_bytes(int size)
    {
        (WebSocketConnection client, WebSocketConnection server) = WebSocketPair.Connect();
        using WebSocketStream stream = new(server);
        using WebSocketConnection one = client;
        byte[] all = new byte[300_000];
        new Random(2).NextBytes(all);
        Task sending = Task.Run(async () =>
        {
            Random random = new(3);
            for (int sent = 0; sent < all.Length;)
            {
                int count = Math.Min(all.Length - sent, random.Next(3) == 0 ? random.Next(70_000) : random.Next(200));
                await client.SendAsync(random.Next(2) == 0 ? WebSocketOpcode.Text : WebSocketOpcode.Binary, all.AsMemory(sent, count), default);
                sent += count;
            }
            await client.SendCloseAsync(WebSocketCloseCode.Normal, "", default);
        });
        MemoryStream received = new();
        byte[] buffer = new byte[size];
        while (true)
        {
            await stream.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(Patience);
            int count = await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            if (count == 0) break;
            received.Write(buffer, 0, count);
        }
        await sending.WaitAsync(Patience);
        Assert.Equal(SHA256.HashData(all), SHA256.HashData(received.ToArray()));
    }

    [Fact]
    public async Task Fragments_cut_anywhere_are_read_in_place()
    {
        using WebSocketPair pair = new();
        using WebSocketStream stream = new(pair.Connection);
        byte[] wire = Convert.FromHexString(WebSocketPair.Masked(0x01, 1, 2, 3) + WebSocketPair.Masked(0x89, 9) + WebSocketPair.Masked(0x00)
            + WebSocketPair.Masked(0x80, 4, 5) + WebSocketPair.Masked(0x82, 6));
        for (int cut = 1; cut < wire.Length; cut++)
        {
            await pair.Wire.Stream.WriteAsync(wire.AsMemory(0, cut));
            byte[] received = new byte[8192];
            ValueTask<int> first = stream.ReadAsync(received);
            await pair.Wire.Stream.WriteAsync(wire.AsMemory(cut));
            int count = await first.AsTask().WaitAsync(Patience);
            while (count < 6) count += await stream.ReadAsync(received.AsMemory(count)).AsTask().WaitAsync(Patience);
            Assert.Equal([1, 2, 3, 4, 5, 6], received[..count]);
            Assert.Equal("8A0109", await pair.Wire.ReadAsync(3));
        }
    }

    [Fact]
    public async Task An_empty_read_waits_for_payload_and_not_for_a_ping()
    {
        using WebSocketPair pair = new();
        using WebSocketStream stream = new(pair.Connection);
        Task<int> waiting = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x89, 9));
        Assert.Equal("8A0109", await pair.Wire.ReadAsync(3));
        Assert.False(waiting.IsCompleted);
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x82, 1));
        Assert.Equal(0, await waiting.WaitAsync(Patience));
        byte[] one = new byte[8192];
        Assert.Equal(1, await stream.ReadAsync(one).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task With_the_extension_each_direction_ends_by_itself()
    {
        (WebSocketConnection client, WebSocketConnection server) = WebSocketPair.Connect(new() { IsServer = false, HalfClose = true });
        using WebSocketStream left = new(client), right = new(server);
        await left.WriteAsync(new byte[] { 1, 2 });
        await left.CompleteWritesAsync(default);
        Assert.Equal([1, 2], await TestTransports.ReadToEndAsync(right));
        await right.WriteAsync(new byte[] { 3 });
        await right.CompleteWritesAsync(default);
        Assert.Equal([3], await TestTransports.ReadToEndAsync(left));
    }

    [Fact]
    public async Task With_the_extension_an_end_without_its_mark_is_an_error()
    {
        using WebSocketPair pair = new(options: new() { IsServer = true, HalfClose = true });
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x82, 1));
        await pair.Wire.Stream.CompleteWritesAsync(default);
        byte[] buffer = new byte[8192];
        Assert.Equal(1, await pair.Connection.ReadAsync(buffer, default));
        await Assert.ThrowsAnyAsync<IOException>(() => pair.Connection.ReadAsync(buffer, default).AsTask());
    }

    [Fact]
    public async Task Without_it_an_empty_text_is_nothing_and_the_end_is_a_close()
    {
        using WebSocketPair pair = new();
        using WebSocketStream stream = new(pair.Connection);
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x81) + WebSocketPair.Masked(0x82, 1));
        Assert.Equal(1, await stream.ReadAsync(new byte[8192]).AsTask().WaitAsync(Patience));
        await stream.WriteAsync(new byte[] { 7 });
        await stream.CompleteWritesAsync(default);
        Assert.Equal("820107880203E8", await pair.Wire.ReadAsync(7));
        // The bytes that the peer had under way still arrive.
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x82, 2) + WebSocketPair.Masked(0x88, 3, 0xe8));
        Assert.Equal([2], await TestTransports.ReadToEndAsync(stream));
    }

    [Fact]
    public async Task A_close_with_an_error_is_no_end_of_the_data()
    {
        using WebSocketPair pair = new();
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x88, 3, 0xf3)); // 1011
        await Assert.ThrowsAnyAsync<IOException>(() => pair.Connection.ReadAsync(new byte[8192], default).AsTask());
    }

    [Fact]
    public async Task A_close_that_ends_both_directions_waits_for_the_answer()
    {
        ManualTimeProvider time = new();
        WebSocketOptions options = new() { IsServer = false, Linger = TimeSpan.FromSeconds(10), PingInterval = TimeSpan.Zero };
        using WebSocketPair pair = new(isServer: false, time, options);
        using WebSocketStream stream = new(pair.Connection);
        await stream.CompleteWritesAsync(default);
        byte[] received = new byte[8192];
        for (int i = 0; i < 3; i++)
        {
            Task<int> reading = stream.ReadAsync(received).AsTask();
            time.Advance(TimeSpan.FromSeconds(9));
            await pair.Wire.SendAsync("8900" + "820101"); // a ping is not data
            Assert.Equal(1, await reading.WaitAsync(Patience));
            Assert.Equal("8A80", (await pair.Wire.ReadAsync(6))[..4]);
        }
        // Bytes that wait here for their reader are no silence of the peer.
        time.Advance(TimeSpan.FromMinutes(1));
        Task<int> last = stream.ReadAsync(received).AsTask();
        time.Advance(TimeSpan.FromSeconds(9));
        await pair.Wire.SendAsync("8900");
        Assert.Equal("8A80", (await pair.Wire.ReadAsync(6))[..4]);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("8882", (await pair.Wire.ReadAsync(8))[..4]);
        await pair.Wire.SendAsync("880203E8");
        Assert.Equal(0, await last.WaitAsync(Patience));
    }

    [Fact]
    public async Task What_is_sent_behind_the_close_of_a_client_is_discarded_for_a_while()
    {
        ManualTimeProvider time = new();
        using WebSocketPair pair = new(isServer: true, time);
        using WebSocketStream stream = new(pair.Connection);
        await pair.Wire.SendAsync(WebSocketPair.Masked(0x88, 3, 0xe8));
        Assert.Equal(0, await stream.ReadAsync(new byte[8192]).AsTask().WaitAsync(Patience));
        await stream.WriteAsync(new byte[100]);
        Assert.Equal("880203E8", await pair.Wire.ReadToEndAsync()); // and the end of the connection behind it
        time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<IOException>(() => stream.WriteAsync(new byte[100]).AsTask());
    }
}
