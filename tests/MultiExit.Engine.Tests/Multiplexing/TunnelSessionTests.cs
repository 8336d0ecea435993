using System.Security.Cryptography;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>A carrier from both ends.</summary>
public sealed class TunnelSessionTests
{
    [Theory]
    [InlineData(1), InlineData(2)]
    public async Task Re_keying_loses_nothing(byte method)
    {
        await using SessionPair pair = new((TunnelMethod)method, TunnelFlags.Padding, rekeyInterval: 3, echo: true);
        Task[] streams = [.. Enumerable.Range(0, 8).Select(_ => EchoesAsync(pair, 1 << 20))];
        await Task.WhenAll(streams).WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_direction_ends_alone()
    {
        await using SessionPair pair = new();
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        await client.CompleteWritesAsync(default);
        Assert.Equal(0, await server.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        byte[] sent = RandomNumberGenerator.GetBytes(10 << 20);
        Task writing = Task.Run(async () =>
        {
            await server.WriteAsync(sent);
            await server.CompleteWritesAsync(default);
        });
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await TestTransports.ReadToEndAsync(client)));
        await writing.WaitAsync(TestTransports.Patience);
        await Wait.UntilAsync(() => pair.Client.StreamCount == 0 && pair.Server.StreamCount == 0);
    }

    [Fact]
    public async Task A_stream_that_ended_in_order_and_is_disposed_of_ends_no_read_with_a_fault_of_ours()
    {
        await using SessionPair pair = new();
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        await client.CompleteWritesAsync(default);
        await server.WriteAsync("the rest"u8.ToArray());
        await server.CompleteWritesAsync(default);
        await Wait.UntilAsync(() => pair.Client.StreamCount == 0);
        await client.DisposeAsync();
        // Not an InvalidOperationException of the pipe beneath.
        IOException told = await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(new byte[1]).AsTask());
        Assert.Equal("the stream was closed on this side", told.Message);
        // The peer's own end is what it was.
        Assert.Equal(0, await server.ReadAsync(new byte[1]));
        Assert.False(server.WasReset);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_stalled_reader_stalls_no_other()
    {
        await using SessionPair pair = new();
        (TunnelStream stalledClient, TunnelStream stalledServer) = await pair.OpenAsync();
        Task stalled = stalledServer.WriteAsync(new byte[64 << 20]).AsTask();
        await Wait.UntilAsync(() => stalledClient.Unread == TunnelWire.InitialWindow);
        Task[] others = [.. Enumerable.Range(0, 63).Select(async _ =>
        {
            (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
            await using (client)
            await using (server)
            {
                Task writing = Task.Run(() => server.WriteAsync(new byte[256 * 1024 * 3]).AsTask());
                byte[] buffer = new byte[256 * 1024 * 3];
                await client.ReadExactlyAsync(buffer);
                await writing;
            }
        })];
        await Task.WhenAll(others).WaitAsync(TestTransports.Patience);
        Assert.False(stalled.IsCompleted);
        // It was granted its first window and not a byte more.
        Assert.Equal(TunnelWire.InitialWindow, stalledClient.Unread);
        byte[] held = new byte[TunnelWire.InitialWindow];
        await stalledClient.ReadExactlyAsync(held).AsTask().WaitAsync(TestTransports.Patience);
        stalledClient.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => stalled.WaitAsync(TestTransports.Patience));
    }

    // Its reader may be busy with a target that reads nothing, for long.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_whose_carrier_breaks_holds_nothing_but_what_is_whole(bool whole)
    {
        const int length = 200 * 1024;
        await using SessionPair pair = new();
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        await server.WriteAsync(new byte[length]);
        if (whole) await server.CompleteWritesAsync(default);
        (TunnelStream marker, TunnelStream marked) = await pair.OpenAsync(); // behind all that
        await Wait.UntilAsync(() => client.Unread == length);
        await pair.Server.DisposeAsync();
        await pair.Client.Completion.WaitAsync(TestTransports.Patience);
        Assert.Equal(whole ? length : 0, client.Unread);
        if (whole) Assert.Equal(length, (await TestTransports.ReadToEndAsync(client)).Length);
        else await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        await client.DisposeAsync();
        await marker.DisposeAsync();
        await marked.DisposeAsync();
    }

    [Fact]
    public async Task A_drained_carrier_delivers_its_tail()
    {
        await using SessionPair pair = new();
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        pair.Server.GoAway();
        await Wait.UntilAsync(() => !pair.Client.AcceptsStreams);
        ReadOnlyMemory<byte> none = default;
        Assert.Null(pair.Client.TryOpenStream(SessionPair.Target, ref none));
        await client.CompleteWritesAsync(default);
        byte[] sent = RandomNumberGenerator.GetBytes(200 * 1024);
        await server.WriteAsync(sent);
        await server.CompleteWritesAsync(default);
        await Task.WhenAll(pair.Client.Completion, pair.Server.Completion).WaitAsync(TestTransports.Patience);
        Assert.Equal(sent, await TestTransports.ReadToEndAsync(client));
    }

    [Fact]
    public async Task An_unused_carrier_ends_when_it_is_drained()
    {
        await using SessionPair pair = new();
        pair.Client.GoAway();
        await Task.WhenAll(pair.Client.Completion, pair.Server.Completion).WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_reset_is_sent_before_a_drained_carrier_ends()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        {
            ReadOnlyMemory<byte> none = default;
            TunnelStream stream = session.TryOpenStream(SessionPair.Target, ref none)!;
            await peer.ReceiveAsync();
            await peer.AnswerAsync(1);
            await stream.Answer.WaitAsync(TestTransports.Patience);
            session.GoAway();
            (TunnelFrameType type, _, byte[] payload) = await peer.ReceiveAsync();
            Assert.Equal(TunnelFrameType.GoAway, type);
            Assert.Equal([0, 0, 0, 1], payload);
            stream.Abort();
            Assert.Equal(TunnelFrameType.Reset, (await peer.ReceiveAsync()).Type);
            await Assert.ThrowsAsync<EndOfStreamException>(peer.ReceiveAsync);
            await peer.Stream.CompleteWritesAsync(default);
            await session.Completion.WaitAsync(TestTransports.Patience);
        }
    }

    [Fact]
    public async Task A_peer_that_does_not_close_a_drained_carrier_is_cut()
    {
        ManualTimeProvider time = new();
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null, time: time);
        using (peer)
        {
            session.GoAway();
            Assert.Equal(TunnelFrameType.GoAway, (await peer.ReceiveAsync()).Type);
            await Assert.ThrowsAsync<EndOfStreamException>(peer.ReceiveAsync);
            await AdvanceUntilEndedAsync(time, session, TimeSpan.FromSeconds(11));
        }
    }

    [Fact]
    public async Task Streams_that_the_server_never_saw_may_go_elsewhere()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        {
            ReadOnlyMemory<byte> none = default;
            TunnelStream first = session.TryOpenStream(SessionPair.Target, ref none)!;
            TunnelStream second = session.TryOpenStream(SessionPair.Target, ref none)!;
            await peer.SendAsync(TunnelFrameType.GoAway, 0, 0, 0, 0, 1);
            TunnelResetException refused = await Assert.ThrowsAsync<TunnelResetException>(() => second.Answer.WaitAsync(TestTransports.Patience));
            Assert.Equal(TunnelResetCode.Refused, refused.Code);
            await peer.AnswerAsync(1);
            await first.Answer.WaitAsync(TestTransports.Patience);
            await session.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(15, 10), InlineData(5, 20)]
    public async Task A_silent_peer_is_found_by_ping(int interval, int timeout)
    {
        ManualTimeProvider time = new();
        (TunnelSession session, RawPeer peer) = RawPeer.Create(
            accept: null, new TunnelSessionOptions { PingInterval = TimeSpan.FromSeconds(interval), PingTimeout = TimeSpan.FromSeconds(timeout) }, time: time);
        using (peer)
        {
            ReadOnlyMemory<byte> none = default;
            TunnelStream stream = session.TryOpenStream(SessionPair.Target, ref none)!;
            (TunnelFrameType type, _, byte[] payload) = await peer.ReceiveAnyAsync();
            Assert.Equal(TunnelFrameType.Ping, type);
            await peer.SendAsync(TunnelFrameType.Pong, 0, payload);
            await peer.AnswerAsync(1);
            await stream.Answer.WaitAsync(TestTransports.Patience);
            Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();
            // One interval to the next PING, and its time-out.
            await AdvanceUntilEndedAsync(time, session, TimeSpan.FromSeconds(Math.Max(interval, timeout) + timeout + 2));
            await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(TestTransports.Patience));
            Assert.Equal($"no answer to a ping within {timeout} s", session.Failure!.Message);
        }
    }

    [Fact]
    public async Task A_peer_that_answers_lives_on()
    {
        ManualTimeProvider time = new();
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null, time: time);
        using (peer)
        {
            for (int pings = 0; pings < 20; pings++)
            {
                Task<(TunnelFrameType Type, uint Id, byte[] Payload)> receiving = peer.ReceiveAnyAsync();
                while (session.PingAnswered) time.Advance(TimeSpan.FromSeconds(1));
                (TunnelFrameType type, _, byte[] payload) = await receiving.WaitAsync(TestTransports.Patience);
                Assert.Equal(TunnelFrameType.Ping, type);
                await peer.SendAsync(TunnelFrameType.Pong, 0, payload);
                await Wait.UntilAsync(() => session.PingAnswered);
            }
            Assert.Null(session.Failure);
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task Many_streams_opened_at_once_with_payloads_do_not_overfill_the_carrier()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        {
            // There is no reader: 8 MiB of first payloads would be far beyond what a carrier holds.
            int sent = 0;
            for (int i = 0; i < 1024; i++)
            {
                ReadOnlyMemory<byte> first = new byte[8192];
                Assert.NotNull(session.TryOpenStream(SessionPair.Target, ref first));
                sent += first.Length;
            }
            Assert.Null(session.Failure);
            Assert.InRange(sent, 8192, 3 << 20);
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_killed_carrier_ends_its_streams_at_once()
    {
        await using SessionPair pair = new();
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        Task<int> reading = client.ReadAsync(new byte[1]).AsTask();
        Task writing = server.WriteAsync(new byte[32 << 20]).AsTask();
        await pair.Server.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => writing.WaitAsync(TestTransports.Patience));
        byte[] rest = new byte[64 * 1024];
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await reading;
            while (await client.ReadAsync(rest).AsTask().WaitAsync(TestTransports.Patience) > 0)
            {
                // The bytes that had arrived.
            }
            throw new InvalidOperationException("the end of a stream that was cut");
        });
        await Assert.ThrowsAnyAsync<IOException>(() => client.WriteAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    private static async Task EchoesAsync(SessionPair pair, int bytes)
    {
        await using TunnelStream stream = await pair.OpenClientAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(bytes);
        Task writing = Task.Run(async () =>
        {
            await stream.WriteAsync(sent);
            await stream.CompleteWritesAsync(default);
        });
        Assert.Equal(sent, await TestTransports.ReadToEndAsync(stream));
        await writing;
    }

    private static async Task AdvanceUntilEndedAsync(ManualTimeProvider time, TunnelSession session, TimeSpan within)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < within && session.Failure is null; passed += TimeSpan.FromSeconds(1))
            time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(session.Failure);
        await session.Completion.WaitAsync(TestTransports.Patience);
    }
}
