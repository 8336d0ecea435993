using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>When the bytes of a <see cref="GatheringWriter"/> leave: at once, or after the events that a reactor has at hand.</summary>
public sealed class GatheringWriterTurnTests : IDisposable
{
    private readonly GatedStream _stream = new();
    private readonly GatheringWriter _writer;

    public GatheringWriterTurnTests() => _writer = new GatheringWriter(_stream, 128 * 1024);

    [Fact]
    public async Task On_a_reactor_the_frames_of_the_events_at_hand_leave_in_one_write()
    {
        using Reactor reactor = Open();
        FlushTurn[] turns = await RunAsync(reactor, () => [Send(1), Send(2, 3), Send(4)]);
        Assert.Equal([FlushTurn.Later, FlushTurn.None, FlushTurn.None], turns);
        GatedStream.PendingWrite write = await _stream.NextAsync();
        Assert.Equal([1, 2, 3, 4], write.Bytes);
        // What comes while that is on its way leaves behind it, as everywhere.
        Assert.Equal([FlushTurn.None], await RunAsync(reactor, () => [Send(5)]));
        write.Release();
        Assert.Equal([5], (await _stream.NextAsync()).Bytes);
    }

    [Fact]
    public async Task Many_bytes_do_not_wait_for_the_events_at_hand_and_take_the_few_along()
    {
        using Reactor reactor = Open();
        byte[] large = new byte[16 * 1024];
        bool hadLeft = false;
        FlushTurn[] turns = await RunAsync(reactor, () =>
        {
            FlushTurn[] turns = [Send(1), Send(large)];
            hadLeft = _stream.HasWrite;
            return turns;
        });
        Assert.Equal([FlushTurn.Later, FlushTurn.Now], turns);
        Assert.True(hadLeft);
        GatedStream.PendingWrite write = await _stream.NextAsync();
        Assert.Equal([1, .. large], write.Bytes);
        // What was posted for the few finds that another has the stream.
        await RunAsync(reactor, () => []);
        Assert.False(_stream.HasWrite);
        write.Release();
        await AllWrittenAsync();
    }

    [Fact]
    public async Task Elsewhere_the_first_frame_leaves_at_once()
    {
        Assert.Equal(FlushTurn.Now, Send(1));
        Assert.True(_stream.HasWrite);
        Assert.Equal(FlushTurn.None, Send(2));
        (await _stream.NextAsync()).Release();
        Assert.Equal([2], (await _stream.NextAsync()).Bytes);
    }

    [Fact]
    public async Task Who_waits_until_all_is_written_waits_for_what_waits_for_the_reactor()
    {
        using Reactor reactor = Open();
        Task idle = Task.CompletedTask;
        await RunAsync(reactor, () =>
        {
            FlushTurn turn = Send(1);
            lock (_writer.Gate) idle = _writer.WhenIdle();
            return [turn];
        });
        GatedStream.PendingWrite write = await _stream.NextAsync();
        Assert.False(idle.IsCompleted);
        write.Release();
        await idle.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_writer_that_fails_meanwhile_writes_nothing()
    {
        using Reactor reactor = Open();
        await RunAsync(reactor, () =>
        {
            FlushTurn turn = Send(1);
            _writer.Fail(new IOException("gone"));
            return [turn];
        });
        await RunAsync(reactor, () => []);
        Assert.False(_stream.HasWrite);
    }

    [Fact]
    public async Task What_an_owner_has_written_before_it_ends_leaves_before_the_end()
    {
        using Reactor reactor = Open();
        bool hadLeft = false;
        await RunAsync(reactor, () =>
        {
            FlushTurn turn = Send(1, 2);
            long batch = _writer.Batch;
            _writer.FlushDeferred();
            hadLeft = _stream.HasWrite && _writer.Batch == batch + 1;
            _writer.Fail(new ObjectDisposedException("owner"));
            return [turn];
        });
        Assert.True(hadLeft);
        Assert.Equal([1, 2], (await _stream.NextAsync()).Bytes);
        await RunAsync(reactor, () => []);
        Assert.False(_stream.HasWrite);
    }

    [Fact]
    public async Task A_frame_that_is_to_leave_at_once_takes_along_what_waits()
    {
        using Reactor reactor = Open();
        FlushTurn[] turns = await RunAsync(reactor, () => [Send(1), Send(atOnce: true, 2), Send(atOnce: true, 3)]);
        Assert.Equal([FlushTurn.Later, FlushTurn.Now, FlushTurn.None], turns);
        GatedStream.PendingWrite write = await _stream.NextAsync();
        Assert.Equal([1, 2], write.Bytes);
        write.Release();
        Assert.Equal([3], (await _stream.NextAsync()).Bytes);
    }

    public void Dispose() => _stream.Dispose();

    private static Reactor Open()
    {
        Assert.SkipUnless(ReactorTransport.IsSupported, "this system has no reactor");
        return new Reactor("writer test");
    }

    // In one turn of the reactor.
    private static Task<FlushTurn[]> RunAsync(Reactor reactor, Func<FlushTurn[]> act)
    {
        TaskCompletionSource<FlushTurn[]> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        reactor.Post(() =>
        {
            try
            {
                done.SetResult(act());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task.WaitAsync(TestTransports.Patience);
    }

    private FlushTurn Send(params byte[] frame) => Send(atOnce: false, frame);

    private FlushTurn Send(bool atOnce, params byte[] frame)
    {
        FlushTurn turn;
        lock (_writer.Gate)
        {
            frame.CopyTo(_writer.GetSpan(frame.Length));
            _writer.Advance(frame.Length);
            turn = _writer.TakeTurn(atOnce);
        }
        _writer.Start(turn);
        return turn;
    }

    private Task AllWrittenAsync()
    {
        lock (_writer.Gate) return _writer.WhenIdle().WaitAsync(TestTransports.Patience);
    }
}
