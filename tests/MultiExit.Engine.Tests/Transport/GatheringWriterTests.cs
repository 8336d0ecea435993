using System.Buffers;
using System.Buffers.Binary;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>The writer beneath tunnels and WebSockets by itself: which frames gather, which senders wait, and how it ends.</summary>
public sealed class GatheringWriterTests : IDisposable
{
    private const int HighWater = 100;
    private readonly GatedStream _stream = new();
    private Task _flush = Task.CompletedTask;

    [Fact]
    public async Task Frames_that_come_while_a_write_is_on_its_way_leave_in_the_next_one()
    {
        GatheringWriter writer = new(_stream, HighWater);
        Send(writer, 1);
        GatedStream.PendingWrite first = await _stream.NextAsync();
        Assert.False(Send(writer, 2, 3));
        Assert.False(Send(writer, 4));
        Assert.Equal(3, Unsent(writer));
        first.Release();
        GatedStream.PendingWrite second = await _stream.NextAsync();
        Assert.Equal(0, Unsent(writer));
        Assert.False(Send(writer, 5)); // that one has begun as well
        second.Release();
        GatedStream.PendingWrite third = await _stream.NextAsync();
        third.Release();
        await _flush.WaitAsync(TestTransports.Patience);
        Assert.Equal([[1], [2, 3, 4], [5]], new[] { first.Bytes, second.Bytes, third.Bytes });
        // No sender has the stream any more: the next one takes it.
        Assert.True(Send(writer, 6));
    }

    [Fact]
    public async Task A_write_of_the_senders_own_buffer_is_followed_by_what_gathered_meanwhile()
    {
        GatheringWriter writer = new(_stream, HighWater);
        lock (writer.Gate) Assert.True(writer.TryBegin());
        Task writing = writer.WriteAsync(Rented(7), 1, default).AsTask();
        GatedStream.PendingWrite own = await _stream.NextAsync();
        Assert.False(Send(writer, 8));
        own.Release();
        await writing.WaitAsync(TestTransports.Patience);
        lock (writer.Gate) Assert.False(writer.TryEnd());
        _flush = writer.FlushAsync();
        GatedStream.PendingWrite others = await _stream.NextAsync();
        Assert.Equal([8], others.Bytes);
        Task idle;
        lock (writer.Gate) idle = writer.WhenIdle();
        Assert.False(idle.IsCompleted);
        others.Release();
        await Task.WhenAll(_flush, idle).WaitAsync(TestTransports.Patience);
        lock (writer.Gate) Assert.True(writer.WhenIdle().IsCompleted);
    }

    [Fact]
    public async Task A_full_buffer_has_room_as_soon_as_a_write_takes_it()
    {
        GatheringWriter writer = new(_stream, HighWater);
        Send(writer, 1);
        GatedStream.PendingWrite first = await _stream.NextAsync();
        Send(writer, new byte[HighWater - 1]);
        lock (writer.Gate) Assert.False(writer.IsFull);
        Send(writer, 9);
        Task room;
        lock (writer.Gate)
        {
            Assert.True(writer.IsFull);
            room = writer.WhenRoom();
            Assert.Same(room, writer.WhenRoom());
        }
        Assert.False(room.IsCompleted);
        first.Release();
        await room.WaitAsync(TestTransports.Patience);
        lock (writer.Gate) Assert.False(writer.IsFull);
        Assert.Equal(HighWater, (await _stream.NextAsync()).Bytes.Length);
    }

    [Fact]
    public async Task A_frame_longer_than_the_high_water_mark_goes_out_whole_behind_the_others()
    {
        GatheringWriter writer = new(_stream, HighWater);
        Send(writer, 1);
        GatedStream.PendingWrite first = await _stream.NextAsync();
        byte[] large = new byte[100_000];
        Random.Shared.NextBytes(large);
        Send(writer, 2, 3);
        Send(writer, large);
        first.Release();
        Assert.Equal([2, 3, .. large], (await _stream.NextAsync()).Bytes);
    }

    [Fact]
    public async Task A_failed_write_is_reported_and_wakes_all_who_wait()
    {
        Exception? reported = null;
        GatheringWriter writer = new(_stream, HighWater) { Failed = exception => reported = exception };
        Send(writer, 1);
        GatedStream.PendingWrite first = await _stream.NextAsync();
        Send(writer, new byte[HighWater]);
        Task room, idle;
        lock (writer.Gate) (room, idle) = (writer.WhenRoom(), writer.WhenIdle());
        first.Break();
        await Task.WhenAll(_flush, room, idle).WaitAsync(TestTransports.Patience);
        Assert.Equal("broken by the test", Assert.IsType<IOException>(reported).Message);
        lock (writer.Gate)
        {
            Assert.Same(reported, writer.Failure);
            Assert.Equal(0, writer.Unsent);
        }
        writer.Fail(new ObjectDisposedException("later"));
        lock (writer.Gate) Assert.Same(reported, writer.Failure);
        Assert.False(_stream.HasWrite);
    }

    [Fact]
    public async Task A_cancelled_write_costs_the_stream()
    {
        GatheringWriter writer = new(_stream, HighWater);
        using CancellationTokenSource cancel = new();
        lock (writer.Gate) Assert.True(writer.TryBegin());
        Task writing = writer.WriteAsync(Rented(1), 1, cancel.Token).AsTask();
        await _stream.NextAsync();
        Task idle;
        lock (writer.Gate) idle = writer.WhenIdle();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(TestTransports.Patience));
        await idle.WaitAsync(TestTransports.Patience);
        Assert.True(_stream.Aborted);
        lock (writer.Gate) Assert.IsAssignableFrom<OperationCanceledException>(writer.Failure);
    }

    [Fact]
    public async Task What_gathered_is_dropped_when_the_owner_is_disposed_while_a_write_is_on_its_way()
    {
        GatheringWriter writer = new(_stream, HighWater);
        Send(writer, 1);
        GatedStream.PendingWrite first = await _stream.NextAsync();
        Send(writer, 2);
        writer.Fail(new ObjectDisposedException("owner"));
        first.Release();
        await _flush.WaitAsync(TestTransports.Patience);
        Assert.False(_stream.HasWrite);
    }

    [Fact]
    public async Task The_end_of_the_direction_leaves_behind_the_last_frame()
    {
        TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GatheringWriter writer = new(_stream, HighWater) { Completed = completed.SetResult };
        Send(writer, 1);
        GatedStream.PendingWrite first = await _stream.NextAsync();
        Send(writer, 2);
        lock (writer.Gate)
        {
            writer.Complete();
            Assert.False(writer.TryBegin());
        }
        first.Release();
        GatedStream.PendingWrite last = await _stream.NextAsync();
        Assert.Equal([2], last.Bytes);
        Assert.False(completed.Task.IsCompleted);
        last.Release();
        await _stream.Ended;
        await completed.Task.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task What_is_due_is_formatted_only_when_a_write_begins()
    {
        byte due = 0;
        GatheringWriter writer = null!;
        writer = new GatheringWriter(_stream, HighWater) { Due = AppendDue };
        Send(writer, 1);
        GatedStream.PendingWrite first = await _stream.NextAsync();
        Send(writer, 2);
        (due, due) = (8, 9); // the latest alone
        first.Release();
        GatedStream.PendingWrite second = await _stream.NextAsync();
        Assert.Equal([2, 9], second.Bytes);
        second.Release();
        await _flush.WaitAsync(TestTransports.Patience);

        void AppendDue()
        {
            Assert.True(writer.Gate.IsHeldByCurrentThread);
            if (due == 0) return;
            writer.GetSpan(1)[0] = due;
            writer.Advance(1);
            due = 0;
        }
    }

    [Fact]
    public async Task A_pause_before_a_write_lets_more_gather()
    {
        TaskCompletionSource pause = new(TaskCreationOptions.RunContinuationsAsynchronously);
        GatheringWriter writer = new(_stream, HighWater) { Pause = () => pause.Task };
        Send(writer, 1);
        Assert.False(Send(writer, 2));
        Assert.False(_stream.HasWrite);
        pause.SetResult();
        Assert.Equal([1, 2], (await _stream.NextAsync()).Bytes);
    }

    [Fact]
    public async Task Frames_of_many_senders_never_mix_and_keep_each_senders_order()
    {
        const int Senders = 6, Frames = 3000;
        DuplexPair pair = new();
        GatheringWriter writer = new(pair.Left, 4096);
        Task sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendAllAsync((byte)sender))));
        int[] next = new int[Senders];
        byte[] head = new byte[7];
        for (int i = 0; i < Senders * Frames; i++)
        {
            await pair.Right.ReadExactlyAsync(head).AsTask().WaitAsync(TestTransports.Patience);
            byte[] body = new byte[BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(5))];
            await pair.Right.ReadExactlyAsync(body).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal(next[head[0]]++, BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1)));
            Assert.Equal(-1, body.AsSpan().IndexOfAnyExcept(head[0]));
        }
        await sending.WaitAsync(TestTransports.Patience);

        async Task SendAllAsync(byte sender)
        {
            byte[] frame = new byte[7 + 200];
            frame.AsSpan(7).Fill(sender);
            frame[0] = sender;
            for (int number = 0; number < Frames;)
            {
                Task room = Task.CompletedTask;
                bool flush = false;
                int length = number % 200;
                BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), number);
                BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(5), (ushort)length);
                lock (writer.Gate)
                {
                    if (writer.IsFull)
                    {
                        room = writer.WhenRoom();
                    }
                    else
                    {
                        frame.AsSpan(0, 7 + length).CopyTo(writer.GetSpan(7 + length));
                        writer.Advance(7 + length);
                        flush = writer.TryBegin();
                        number++;
                    }
                }
                if (flush) _ = writer.FlushAsync();
                await room.WaitAsync(TestTransports.Patience);
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private static int Unsent(GatheringWriter writer)
    {
        lock (writer.Gate) return writer.Unsent;
    }

    private static byte[] Rented(byte value)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16);
        buffer[0] = value;
        return buffer;
    }

    // True: this sender has begun a flush.
    private bool Send(GatheringWriter writer, params byte[] frame)
    {
        lock (writer.Gate)
        {
            Assert.Null(writer.Failure);
            frame.CopyTo(writer.GetSpan(frame.Length));
            writer.Advance(frame.Length);
            if (!writer.TryBegin()) return false;
        }
        _flush = writer.FlushAsync();
        return true;
    }
}
