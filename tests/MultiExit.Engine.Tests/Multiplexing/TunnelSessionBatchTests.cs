using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>What goes together over a carrier, and on which thread a stream is opened.</summary>
public sealed class TunnelSessionBatchTests
{
    [Fact]
    public async Task The_frames_of_a_write_leave_in_one_write_of_the_carrier()
    {
        DuplexPair pair = new();
        WatchedStream beneath = new(pair.Left);
        await using TunnelSession session = new(
            beneath, new(TunnelMethod.TlsOnly, TunnelFlags.None, TestTunnel.Keys(TunnelDirection.ClientToServer)),
            new(TunnelMethod.TlsOnly, TunnelFlags.None, TestTunnel.Keys(TunnelDirection.ServerToClient)), new TunnelSessionOptions(), TimeProvider.System);
        _ = session.RunAsync();
        ReadOnlyMemory<byte> none = default;
        TunnelStream stream = session.TryOpenStream(SessionPair.Target, ref none)!;
        int before = beneath.Writes.Count;
        await stream.WriteAsync(new byte[4 * TunnelWire.MaxPayload + 1]);
        Assert.Equal([4 * TunnelWire.MaxPayload + 1 + 5 * TunnelWire.HeaderLength], beneath.Writes.Skip(before));
    }

    [Fact]
    public async Task Frames_that_come_together_wake_the_reader_once()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        await using (session)
        {
            TunnelStream stream = await OpenAsync(session, peer);
            byte[] buffer = new byte[10 * TunnelWire.MaxPayload];
            Task<int> reading = stream.ReadAsync(buffer).AsTask();
            byte[] payload = new byte[TunnelWire.MaxPayload];
            byte[] frame = peer.Seal(TunnelFrameType.Data, stream.Id, payload);
            await peer.SendRawAsync([.. frame, .. frame, .. frame]);
            Assert.Equal(3 * TunnelWire.MaxPayload, await reading.WaitAsync(TestTransports.Patience));
        }
    }

    [Theory]
    [InlineData(TunnelFrameType.Close)]
    [InlineData(TunnelFrameType.Ping)]
    public async Task What_comes_behind_data_in_one_piece_does_not_hide_it(object behind)
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        await using (session)
        {
            TunnelStream stream = await OpenAsync(session, peer);
            Task<int> reading = stream.ReadAsync(new byte[100]).AsTask();
            byte[] data = peer.Seal(TunnelFrameType.Data, stream.Id, 1, 2, 3);
            byte[] next = behind is TunnelFrameType.Close ? peer.Seal(TunnelFrameType.Close, stream.Id) : peer.Seal(TunnelFrameType.Ping, 0, new byte[8]);
            await peer.SendRawAsync([.. data, .. next]);
            Assert.Equal(3, await reading.WaitAsync(TestTransports.Patience));
        }
    }

    [Fact]
    public async Task Data_in_front_of_a_fault_of_the_carrier_does_not_keep_its_reader_waiting()
    {
        (TunnelSession session, RawPeer peer) = RawPeer.Create(accept: null);
        using (peer)
        await using (session)
        {
            TunnelStream stream = await OpenAsync(session, peer);
            byte[] buffer = new byte[100];
            Task<int> reading = stream.ReadAsync(buffer).AsTask();
            await peer.SendRawAsync([.. peer.Seal(TunnelFrameType.Data, stream.Id, 1, 2, 3), .. new byte[TunnelWire.HeaderLength]]);
            Assert.Equal(3, await reading.WaitAsync(TestTransports.Patience));
            await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience));
        }
    }

    [Fact]
    public async Task A_waiter_goes_on_in_the_call_that_gives_the_answer()
    {
        StreamAnswer<int> answer = new();
        Thread? thread = null;
        Task waiting = WaitAsync();
        Thread giver = new(() => answer.Give(7));
        giver.Start();
        giver.Join();
        await waiting.WaitAsync(TestTransports.Patience);
        Assert.Same(giver, thread);

        async Task WaitAsync()
        {
            Assert.Equal(7, await answer.Task.ConfigureAwait(false));
            thread = Thread.CurrentThread;
        }
    }

    [Fact]
    public async Task A_failure_is_heard_elsewhere_so_that_it_may_be_given_under_a_lock()
    {
        StreamAnswer<int> answer = new();
        Lock gate = new();
        bool held = true;
        Task waiting = WaitAsync();
        lock (gate) answer.Fail(new IOException("gone"));
        await waiting.WaitAsync(TestTransports.Patience);
        Assert.False(held);
        answer.Give(1); // too late
        await Assert.ThrowsAnyAsync<IOException>(() => answer.Task);

        async Task WaitAsync()
        {
            await ((Task)answer.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            held = gate.IsHeldByCurrentThread;
        }
    }

    [Fact]
    public async Task The_first_outcome_counts()
    {
        StreamAnswer<int> answer = new();
        answer.Give(1);
        answer.Give(2);
        answer.Fail(new IOException("gone"));
        Assert.Equal(1, await answer.Task);
    }

    private static async Task<TunnelStream> OpenAsync(TunnelSession session, RawPeer peer)
    {
        ReadOnlyMemory<byte> none = default;
        TunnelStream stream = session.TryOpenStream(SessionPair.Target, ref none)!;
        await peer.ReceiveAsync();
        await peer.AnswerAsync(stream.Id);
        await stream.Answer.WaitAsync(TestTransports.Patience);
        return stream;
    }
}
