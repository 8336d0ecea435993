using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>Carriers of the tunnel whose readers stand still, and the memory of their server.</summary>
public sealed class StalledCarrierTests
{
    private const int Streams = 40;
    private const long Total = 8 << 20;

    [Fact]
    public async Task Readers_that_stand_still_hold_no_more_than_the_share_and_get_all_when_they_go_on()
    {
        ServerMemory memory = new(Total);
        SessionPair pair = new(memory: memory);
        await using (pair)
        {
            (TunnelStream Client, TunnelStream Server)[] streams = await OpenAsync(pair);
            Task[] sending = [.. streams.Select(stream => stream.Client.WriteAsync(new byte[TunnelWire.InitialWindow]).AsTask())];
            await Wait.UntilAsync(() => memory.Stalls > 0);
            Assert.InRange(memory.Used, Total / 3, Total * 5 / 8);
            await Task.WhenAll(streams.Select(stream => ReadAsync(stream.Server, TunnelWire.InitialWindow)));
            await Task.WhenAll(sending).WaitAsync(TestTransports.Patience);
            foreach ((TunnelStream client, TunnelStream server) in streams)
            {
                await client.DisposeAsync();
                await server.DisposeAsync();
            }
            Assert.True(pair.Server.AcceptsStreams);
        }
        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public async Task Another_carrier_goes_on_beside_one_that_is_stalled()
    {
        ServerMemory memory = new(Total);
        await using SessionPair stalled = new(memory: memory);
        foreach ((TunnelStream client, _) in await OpenAsync(stalled)) _ = client.WriteAsync(new byte[TunnelWire.InitialWindow]).AsTask();
        await Wait.UntilAsync(() => memory.Stalls > 0);
        await using SessionPair other = new(echo: true, memory: memory);
        await using TunnelStream stream = await other.OpenClientAsync();
        byte[] back = new byte[4 << 20];
        Task reading = stream.ReadExactlyAsync(back).AsTask();
        await stream.WriteAsync(new byte[back.Length]).AsTask().WaitAsync(TestTransports.Patience);
        await reading.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_carrier_that_holds_its_share_takes_no_more_streams_until_it_has_room()
    {
        ServerMemory memory = new(Total);
        await using SessionPair pair = new(memory: memory);
        pair.Server.Memory.Hold(Total);
        ReadOnlyMemory<byte> none = default;
        await using TunnelStream refused = pair.Client.TryOpenStream(SessionPair.Target, ref none)!;
        TunnelResetException reset = await Assert.ThrowsAsync<TunnelResetException>(() => refused.Answer.WaitAsync(TestTransports.Patience));
        Assert.Equal(TunnelResetCode.Refused, reset.Code);
        pair.Server.Memory.Hold(-Total);
        await using TunnelStream taken = pair.Client.TryOpenStream(SessionPair.Target, ref none)!;
        Assert.Equal(Socks5Reply.Succeeded, (await taken.Answer.WaitAsync(TestTransports.Patience)).Reply);
    }

    [Fact]
    public async Task A_stalled_carrier_is_taken_for_dead_by_neither_side()
    {
        ManualTimeProvider time = new();
        ServerMemory memory = new(Total);
        await using SessionPair pair = new(memory: memory, time: time);
        (TunnelStream Client, TunnelStream Server)[] streams = await OpenAsync(pair);
        foreach ((TunnelStream client, _) in streams) _ = client.WriteAsync(new byte[TunnelWire.InitialWindow]).AsTask();
        await Wait.UntilAsync(() => memory.Stalls > 0);
        pair.Server.Memory.HoldWaiting(1 << 20);
        for (int i = 0; i < 12; i++)
        {
            // A reader that is slow, but not so slow that its stream would be ended.
            if (i % 5 == 4) pair.Server.Memory.HoldWaiting(-CarrierStall.LeastProgress);
            long before = time.GetTimestamp();
            time.Advance(TimeSpan.FromSeconds(5));
            // The stalled side shows that it lives.
            await Wait.UntilAsync(() => pair.Client.LastReceived > before);
        }
        Assert.True(pair.Client.AcceptsStreams && pair.Server.AcceptsStreams);
        Assert.Equal(TunnelWire.InitialWindow, await ReadAsync(streams[0].Server, TunnelWire.InitialWindow));
    }

    [Fact]
    public async Task Credit_that_was_withheld_comes_when_others_have_made_room()
    {
        ServerMemory memory = new(Total);
        await using SessionPair pair = new(memory: memory);
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        pair.Server.Memory.HoldWaiting(3 << 20); // more than half of what is left
        Task sending = client.WriteAsync(new byte[2 * TunnelWire.InitialWindow]).AsTask();
        await ReadAsync(server, TunnelWire.InitialWindow);
        Assert.False(sending.IsCompleted);
        pair.Server.Memory.HoldWaiting(-3 << 20);
        await ReadAsync(server, TunnelWire.InitialWindow);
        await sending.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task The_stream_that_holds_most_is_ended_when_no_reader_takes_anything_and_the_others_go_on()
    {
        ManualTimeProvider time = new();
        ServerMemory memory = new(Total);
        await using SessionPair pair = new(memory: memory, time: time);
        (TunnelStream Client, TunnelStream Server)[] streams = await OpenAsync(pair);
        Task[] sending = [.. streams.Select(stream => stream.Client.WriteAsync(new byte[TunnelWire.InitialWindow]).AsTask())];
        await Wait.UntilAsync(() => memory.Stalls > 0);
        await PassAsync(pair, time, CarrierStall.Patience - TimeSpan.FromSeconds(5));
        Assert.Empty(pair.Warnings);
        await PassAsync(pair, time, TimeSpan.FromSeconds(5));
        await Wait.UntilAsync(() => !pair.Warnings.IsEmpty);
        string warning = Assert.Single(pair.Warnings);
        Assert.Equal("a stream of the tunnel was ended with 256 KiB waiting for its reader: the readers of its carrier took less than 16 KiB in "
            + "30 s while limits.memory left the carrier no more", warning);
        List<(TunnelStream Client, TunnelStream Server)> left = [];
        foreach ((TunnelStream Client, TunnelStream Server) stream in streams)
        {
            if (stream.Server.WasReset) Assert.Equal(warning, (await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(stream.Server, 1))).Message);
            else left.Add(stream);
        }
        Assert.Equal(Streams - 1, left.Count);
        Task reading = Task.WhenAll(left.Select(stream => ReadAsync(stream.Server, TunnelWire.InitialWindow)));
        await Wait.UntilAsync(() =>
        {
            time.Advance(CarrierStall.LookAgain);
            return reading.IsCompleted;
        });
        await reading;
        await Task.WhenAll(sending).WaitAsync(TestTransports.Patience);
        TunnelStream ended = streams.Single(stream => stream.Server.WasReset).Client;
        IOException told = await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(ended, 1));
        Assert.Equal(TunnelResetCode.TimedOut, Assert.IsType<TunnelResetException>(told.InnerException).Code);
    }

    [Fact]
    public async Task A_stream_that_had_ended_in_order_is_ended_for_its_reader_alone()
    {
        ServerMemory memory = new(Total);
        await using SessionPair pair = new(memory: memory);
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        await using (client)
        await using (server)
        {
            await client.WriteAsync(new byte[100_000]);
            await client.CompleteWritesAsync(default);
            await server.CompleteWritesAsync(default);
            await Wait.UntilAsync(() => pair.Server.StreamCount == 0);
            Assert.Equal(100_000, server.Unread);
            pair.Server.Memory.GiveUpLargest("for a reason");
            Assert.EndsWith(": for a reason", (await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(server, 1))).Message);
            Assert.Equal(0, server.Unread);
            // Nobody else is told: the peer had all it was sent.
            Assert.Equal(0, await client.ReadAsync(new byte[1]));
        }
        await Wait.UntilAsync(() => memory.Used == 0);
    }

    [Fact]
    public void Datagrams_are_dropped_where_they_are_what_holds_most()
    {
        ServerMemory memory = new(Total);
        MemoryBudget carrier = new(Total, memory);
        DatagramQueue queue = new(carrier);
        queue.Add(SessionPair.Target, new byte[50_000]);
        carrier.GiveUpLargest("for a reason");
        Assert.Equal(0, queue.Waiting);
        Assert.Equal(50_000, carrier.Taken);
        queue.Add(SessionPair.Target, new byte[1000]);
        Assert.Equal(1000, queue.Waiting);
        queue.Clear();
        Assert.Equal(0, memory.Used);
    }

    // The side that stands still shows that it lives, every 5 s.
    private static async Task PassAsync(SessionPair pair, ManualTimeProvider time, TimeSpan by)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < by; passed += TimeSpan.FromSeconds(5))
        {
            long before = time.GetTimestamp();
            time.Advance(TimeSpan.FromSeconds(5));
            await Wait.UntilAsync(() => pair.Client.LastReceived > before || !pair.Warnings.IsEmpty);
        }
    }

    private static async Task<(TunnelStream Client, TunnelStream Server)[]> OpenAsync(SessionPair pair)
    {
        List<(TunnelStream, TunnelStream)> streams = [];
        while (streams.Count < Streams) streams.Add(await pair.OpenAsync());
        return [.. streams];
    }

    private static async Task<int> ReadAsync(TunnelStream stream, int count)
    {
        await stream.ReadExactlyAsync(new byte[count]).AsTask().WaitAsync(TestTransports.Patience);
        return count;
    }
}
