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
        for (int i = 0; i < 12; i++)
        {
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
