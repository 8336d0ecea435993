using System.Collections.Concurrent;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>A fault of a peer ends the stream or the carrier that it must end, and nothing else (docs/protocols.md, Errors).</summary>
public sealed class TunnelSessionFaultTests
{
    private static readonly Destination Target = Destination.FromEndPoint(new(System.Net.IPAddress.Loopback, 80));

    public static TheoryData<string> CarrierFaults => new(
        "unknown type", "even id", "no id", "oversized", "never opened", "out of order", "twice", "ping", "pong", "goaway",
        "connected", "truncated", "higher goaway");

    [Theory, MemberData(nameof(CarrierFaults))]
    public async Task A_fault_of_the_carrier_ends_it_and_its_streams(string fault)
    {
        ConcurrentQueue<TunnelStream> streams = new();
        (TunnelSession session, RawPeer peer) = RawPeer.Create(Keep(streams));
        using (peer)
        {
            await peer.ConnectAsync(5, Target);
            await Wait.UntilAsync(() => !streams.IsEmpty);
            Task<int> reading = streams.First().ReadAsync(new byte[1]).AsTask();
            await peer.SendRawAsync(fault switch
            {
                "unknown type" => [13, 0, 0, 0, 1, 0, 0],
                "even id" => [3, 0, 0, 0, 2, 0, 0],
                "no id" => [3, 0, 0, 0, 0, 0, 0],
                "oversized" => [3, 0, 0, 0, 5, 0xff, 0xff],
                "never opened" => peer.Seal(TunnelFrameType.Data, 7, 1),
                "out of order" => peer.Seal(TunnelFrameType.Connect, 3, RawPeer.Connect(Target)),
                "twice" => peer.Seal(TunnelFrameType.Connect, 5, RawPeer.Connect(Target)),
                "ping" => peer.Seal(TunnelFrameType.Ping, 0, 1, 2, 3),
                "pong" => peer.Seal(TunnelFrameType.Pong, 0),
                "goaway" => peer.Seal(TunnelFrameType.GoAway, 0, 0, 0, 0, 2),
                "higher goaway" => [.. peer.Seal(TunnelFrameType.GoAway, 0, 0, 0, 0, 5), .. peer.Seal(TunnelFrameType.GoAway, 0, 0, 0, 0, 7)],
                "connected" => peer.Seal(TunnelFrameType.Connected, 5, 0, 1, 4, 0, 0, 0, 0, 0, 0),
                _ => peer.Seal(TunnelFrameType.Data, 5, 1, 2, 3)[..^1],
            });
            if (fault == "truncated") await peer.Stream.CompleteWritesAsync(default);
            await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(TestTransports.Patience));
            await session.Completion.WaitAsync(TestTransports.Patience);
            ProxyException failure = Assert.IsType<ProxyException>(session.Failure);
            Assert.Equal(ProxyError.ProtocolViolation, failure.Reason);
            Assert.Equal(0, session.StreamCount);
            Assert.False(session.AcceptsStreams);
        }
    }

    [Theory]
    [InlineData(0), InlineData(3), InlineData(6), InlineData(9), InlineData(26), InlineData(30)]
    public async Task A_flipped_bit_ends_the_carrier(int place)
    {
        ConcurrentQueue<TunnelStream> streams = new();
        (TunnelSession session, RawPeer peer) = RawPeer.Create(Keep(streams), method: TunnelMethod.ChaCha20Poly1305);
        using (peer)
        {
            await peer.ConnectAsync(1, Target);
            byte[] frame = peer.Seal(TunnelFrameType.Data, 1, 1, 2, 3, 4);
            frame[place] ^= 1;
            await peer.SendRawAsync([.. frame, .. new byte[TunnelWire.MaxFrame]]); // whatever the length has become
            await session.Completion.WaitAsync(TestTransports.Patience);
            Assert.IsType<ProxyException>(session.Failure);
        }
    }

    public static TheoryData<string, byte> StreamFaults => new()
    {
        { "window length", 1 }, { "window zero", 1 },
        { "window high", 2 }, { "reset length", 1 },
        { "datagram", 1 }, { "data after close", 1 },
        { "close after close", 1 }, { "overrun", 2 },
    };

    [Theory, MemberData(nameof(StreamFaults))]
    public async Task A_fault_of_a_stream_ends_that_stream_alone(string fault, byte code)
    {
        ConcurrentQueue<TunnelStream> streams = new();
        (TunnelSession session, RawPeer peer) = RawPeer.Create(Keep(streams));
        using (peer)
        {
            await peer.ConnectAsync(1, Target);
            await peer.ConnectAsync(3, Target);
            byte[] chunk = peer.Seal(TunnelFrameType.Data, 1, new byte[TunnelWire.MaxPayload]);
            byte[] close = peer.Seal(TunnelFrameType.Close, 1);
            Task sending = peer.SendRawAsync(fault switch
            {
                "window length" => peer.Seal(TunnelFrameType.Window, 1, 1, 2, 3),
                "window zero" => peer.Seal(TunnelFrameType.Window, 1, 0, 0, 0, 0),
                "window high" => peer.Seal(TunnelFrameType.Window, 1, 0x7f, 0xff, 0xff, 0xff),
                "reset length" => peer.Seal(TunnelFrameType.Reset, 1),
                "datagram" => peer.Seal(TunnelFrameType.Datagram, 1, 1, 4, 127, 0, 0, 1, 0, 1),
                "data after close" => [.. close, .. peer.Seal(TunnelFrameType.Data, 1, 1)],
                "close after close" => [.. close, .. close],
                _ => [.. Enumerable.Repeat(chunk, TunnelWire.InitialWindow / TunnelWire.MaxPayload).SelectMany(bytes => bytes),
                    .. peer.Seal(TunnelFrameType.Data, 1, 1)],
            });
            (TunnelFrameType Type, uint Id, byte[] Payload) answer = await peer.ReceiveAsync();
            await sending;
            Assert.Equal((TunnelFrameType.Reset, 1u), (answer.Type, answer.Id));
            Assert.Equal([code], answer.Payload);
            // The other stream, and late frames of the dead one.
            await peer.SendAsync(TunnelFrameType.Data, 1, 1);
            await peer.SendAsync(TunnelFrameType.Data, 3, 42);
            TunnelStream other = streams.Single(stream => stream.Id == 3);
            byte[] one = new byte[1];
            Assert.Equal(1, await other.ReadAsync(one).AsTask().WaitAsync(TestTransports.Patience));
            Assert.Equal(42, one[0]);
            Assert.Equal(1, session.StreamCount);
            await session.DisposeAsync();
        }
    }

    [Theory]
    [InlineData((byte)TunnelFrameType.Data), InlineData((byte)TunnelFrameType.Close)]
    public async Task A_server_answers_before_it_sends(byte type)
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        {
            TunnelStream stream = Open(session);
            Assert.Equal(TunnelFrameType.Connect, (await peer.ReceiveAsync()).Type);
            await peer.SendAsync((TunnelFrameType)type, 1);
            byte[] reset = (await peer.ReceiveAsync()).Payload;
            Assert.Equal([(byte)TunnelResetCode.ProtocolError], reset);
            await Assert.ThrowsAnyAsync<Exception>(() => stream.Answer.WaitAsync(TestTransports.Patience));
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_second_answer_ends_the_stream()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        {
            TunnelStream stream = Open(session);
            await peer.ReceiveAsync();
            await peer.AnswerAsync(1);
            await peer.AnswerAsync(1);
            Assert.Equal(Socks5Reply.Succeeded, (await stream.Answer.WaitAsync(TestTransports.Patience)).Reply);
            byte[] reset = (await peer.ReceiveAsync()).Payload;
            Assert.Equal([(byte)TunnelResetCode.ProtocolError], reset);
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_failed_answer_ends_the_stream_without_a_reset()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        {
            await using TunnelStream stream = Open(session);
            await peer.ReceiveAsync();
            await peer.AnswerAsync(1, 5);
            Assert.Equal(Socks5Reply.ConnectionRefused, (await stream.Answer.WaitAsync(TestTransports.Patience)).Reply);
            await Wait.UntilAsync(() => session.StreamCount == 0);
            await stream.DisposeAsync();
            Open(session);
            Assert.Equal((TunnelFrameType.Connect, 3u), await TypeAndIdAsync(peer));
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_opens_no_streams()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        {
            await peer.ConnectAsync(1, Target);
            await session.Completion.WaitAsync(TestTransports.Patience);
            Assert.IsType<ProxyException>(session.Failure);
        }
    }

    [Fact]
    public async Task The_first_payload_travels_in_connect_and_takes_credit()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        {
            ReadOnlyMemory<byte> first = new byte[] { 1, 2, 3 };
            TunnelStream stream = session.TryOpenStream(Target, ref first)!;
            (TunnelFrameType type, _, byte[] payload) = await peer.ReceiveAsync();
            Assert.Equal(TunnelFrameType.Connect, type);
            Assert.Equal([1, 2, 3], payload[^3..]);
            await peer.AnswerAsync(1);
            Task writing = stream.WriteAsync(new byte[TunnelWire.InitialWindow]).AsTask();
            int received = 0;
            while (received < TunnelWire.InitialWindow - 3) received += (await peer.ReceiveAsync()).Payload.Length;
            Assert.Equal(TunnelWire.InitialWindow - 3, received);
            Assert.False(writing.IsCompleted);
            await peer.SendAsync(TunnelFrameType.Window, 1, 0, 0, 0, 3);
            Assert.Equal(3, (await peer.ReceiveAsync()).Payload.Length);
            await writing.WaitAsync(TestTransports.Patience);
            await session.DisposeAsync();
        }
    }

    // As when the dial ends after the stream: the peer does not know the id any more.
    [Theory]
    [InlineData("by the peer")]
    [InlineData("by a fault")]
    [InlineData("on this side")]
    public async Task Nothing_follows_the_reset_of_a_stream(string ended)
    {
        ConcurrentQueue<TunnelStream> streams = new();
        (TunnelSession session, RawPeer peer) = RawPeer.Create(Keep(streams));
        using (peer)
        {
            await peer.ConnectAsync(1, Target);
            await Wait.UntilAsync(() => !streams.IsEmpty);
            TunnelStream stream = streams.First();
            if (ended == "on this side") stream.Abort();
            else await peer.SendAsync(ended == "by the peer" ? TunnelFrameType.Reset : TunnelFrameType.Window, 1, 0);
            await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
            session.SendConnected(stream, Socks5Reply.Succeeded, null);
            await stream.CompleteWritesAsync(default);
            await Assert.ThrowsAnyAsync<IOException>(() => stream.WriteAsync(new byte[1]).AsTask());
            await peer.SendAsync(TunnelFrameType.Ping, 0, new byte[8]);
            if (ended != "by the peer") Assert.Equal((TunnelFrameType.Reset, 1u), await TypeAndIdAsync(peer));
            Assert.Equal((TunnelFrameType.Pong, 0u), await TypeAndIdAsync(peer));
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_refused_alone()
    {
        ConcurrentQueue<TunnelStream> streams = new();
        (TunnelSession session, RawPeer peer) = RawPeer.Create(Keep(streams), new TunnelSessionOptions { MaxStreams = 2 });
        using (peer)
        {
            for (uint id = 1; id <= 9; id += 2) await peer.ConnectAsync(id, Target);
            for (uint id = 5; id <= 9; id += 2)
            {
                (TunnelFrameType type, uint refused, byte[] payload) = await peer.ReceiveAsync();
                Assert.Equal((TunnelFrameType.Reset, id), (type, refused));
                Assert.Equal([(byte)TunnelResetCode.Refused], payload);
            }
            Assert.Equal(2, session.StreamCount);
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task Streams_that_are_reset_at_once_count_until_they_are_served()
    {
        TaskCompletionSource dialing = new();
        int served = 0;
        (TunnelSession session, RawPeer peer) = RawPeer.Create(
            _ =>
            {
                Interlocked.Increment(ref served);
                return dialing.Task;
            }, new TunnelSessionOptions { MaxStreams = 2 });
        using (peer)
        {
            for (uint id = 1; id <= 21; id += 2)
            {
                await peer.ConnectAsync(id, Target);
                await peer.SendAsync(TunnelFrameType.Reset, id, 0);
            }
            for (uint id = 5; id <= 21; id += 2) Assert.Equal((TunnelFrameType.Reset, id), await TypeAndIdAsync(peer));
            Assert.Equal(2, served);
            dialing.SetResult();
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_peer_that_makes_answers_due_and_does_not_read_is_cut()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(Keep([]));
        using (peer)
        {
            byte[] pings = [.. Enumerable.Repeat(peer.Seal(TunnelFrameType.Ping, 0, new byte[8]), 4096).SelectMany(frame => frame)];
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                // 1 MiB in the connection, 1 MiB waiting: far less than this.
                for (int sent = 0; sent < 16 << 20; sent += pings.Length) await peer.SendRawAsync(pings);
            });
            await session.Completion.WaitAsync(TestTransports.Patience);
            Assert.Contains("answers", session.Failure!.Message, StringComparison.Ordinal);
        }
    }

    private static TunnelStream Open(TunnelSession session)
    {
        ReadOnlyMemory<byte> none = default;
        return session.TryOpenStream(Target, ref none)!;
    }

    private static async Task<(TunnelFrameType Type, uint Id)> TypeAndIdAsync(RawPeer peer)
    {
        (TunnelFrameType type, uint id, _) = await peer.ReceiveAsync();
        return (type, id);
    }

    private static Func<TunnelOpen, Task> Keep(ConcurrentQueue<TunnelStream> streams)
    {
        TaskCompletionSource never = new();
        return open =>
        {
            streams.Enqueue((TunnelStream)open.Channel);
            return never.Task;
        };
    }
}
