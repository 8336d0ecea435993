using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>The connection beneath TLS by itself: what it reads ahead and sends together, and how it ends.</summary>
public sealed class BatchingStreamTests : IDisposable
{
    private const int Record = 16 * 1024 + 29;
    private readonly DuplexPair _pair = new();
    private readonly WatchedStream _beneath;
    private readonly BatchingStream _stream;

    public BatchingStreamTests()
    {
        _beneath = new WatchedStream(_pair.Left);
        _stream = new BatchingStream(_beneath);
    }

    [Fact]
    public async Task A_small_message_is_read_into_the_buffer_of_the_caller()
    {
        await _pair.Right.WriteAsync(new byte[100]);
        Assert.Equal(100, await ReadAsync(new byte[Record]));
        Assert.Equal([Record], _beneath.Reads);
        Assert.False(_stream.HasAhead);
    }

    [Fact]
    public async Task Behind_a_read_that_was_filled_what_has_come_is_read_ahead()
    {
        byte[] sent = await SendAsync(10 * Record);
        List<byte> received = [];
        byte[] buffer = new byte[Record];
        while (received.Count < sent.Length) received.AddRange(buffer.AsSpan(0, await ReadAsync(buffer)));
        Assert.Equal(sent, received);
        // The record, then twice a wait and as much as has come.
        Assert.Equal([Record, 0, 64 * 1024, 0, 128 * 1024], _beneath.Reads.Take(5));
        Assert.InRange(_beneath.Reads.Count, 5, 7);
        Assert.False(_stream.HasAhead);
    }

    [Fact]
    public async Task It_waits_for_the_peer_without_a_buffer_and_an_empty_read_does_too()
    {
        await SendAsync(Record);
        await ReadAsync(new byte[Record]);
        Task<int> reading = _stream.ReadAsync(new byte[Record]).AsTask();
        Assert.Equal(0, _beneath.Pending);
        await _pair.Right.WriteAsync(new byte[] { 1, 2, 3 });
        Assert.Equal(3, await reading.WaitAsync(TestTransports.Patience));

        Task<int> waiting = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.Equal(0, _beneath.Pending);
        await _pair.Right.WriteAsync(new byte[] { 4 });
        Assert.Equal(0, await waiting.WaitAsync(TestTransports.Patience));
        Assert.Equal(1, await ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task An_empty_read_completes_at_once_while_bytes_are_read_ahead()
    {
        await AheadAsync();
        Assert.Equal(0, await ReadAsync(Memory<byte>.Empty));
        Assert.True(_stream.HasAhead);
    }

    [Fact]
    public async Task No_more_is_read_ahead_than_the_limit()
    {
        Task sending = SendAsync(4_000_000);
        byte[] buffer = new byte[Record];
        for (int total = 0; total < 4_000_000;) total += await ReadAsync(buffer);
        await sending;
        Assert.Equal(BatchingStream.MostAhead, _beneath.Reads.Max());
    }

    [Fact]
    public async Task Records_that_gather_leave_in_one_write_and_in_order()
    {
        _stream.Gather(5 * Record);
        byte[] all = Numbered(5 * Record);
        for (int i = 0; i < 5; i++) await _stream.WriteAsync(all.AsMemory(i * Record, Record));
        Assert.Empty(_beneath.Writes);
        await _stream.SendGatheredAsync(default);
        await _stream.WriteAsync(new byte[7]);
        Assert.Equal([5 * Record, 7], _beneath.Writes);
        byte[] received = new byte[all.Length];
        await _pair.Right.ReadExactlyAsync(received).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(all, received);
    }

    [Fact]
    public async Task More_than_the_limit_leaves_in_parts_of_whole_records()
    {
        _stream.Gather(40 * Record);
        byte[] all = Numbered(40 * Record);
        for (int i = 0; i < 40; i++) await _stream.WriteAsync(all.AsMemory(i * Record, Record));
        await _stream.SendGatheredAsync(default);
        Assert.All(_beneath.Writes, length => Assert.True(length <= BatchingStream.MostGathered && length % Record == 0));
        byte[] received = new byte[all.Length];
        await _pair.Right.ReadExactlyAsync(received).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(all, received);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_holds_the_writer_back()
    {
        GatedStream gated = new();
        BatchingStream stream = new(gated);
        stream.Gather(BatchingStream.MostGathered);
        const int Fit = BatchingStream.MostGathered / Record;
        for (int i = 0; i < Fit; i++) Assert.True(stream.WriteAsync(new byte[Record]).AsTask().IsCompletedSuccessfully);
        Task full = stream.WriteAsync(new byte[Record]).AsTask();
        GatedStream.PendingWrite first = await gated.NextAsync();
        Assert.False(full.IsCompleted);
        first.Release();
        await full.WaitAsync(TestTransports.Patience);
        Task sending = stream.SendGatheredAsync(default).AsTask();
        GatedStream.PendingWrite second = await gated.NextAsync();
        Assert.False(sending.IsCompleted);
        second.Release();
        await sending.WaitAsync(TestTransports.Patience);
        Assert.Equal([Fit * Record, Record], new[] { first.Bytes.Length, second.Bytes.Length });
    }

    [Fact]
    public async Task A_read_that_is_cancelled_loses_nothing()
    {
        await SendAsync(Record);
        await ReadAsync(new byte[Record]);
        using CancellationTokenSource cancel = new();
        Task<int> reading = _stream.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TestTransports.Patience));
        await _pair.Right.WriteAsync(new byte[] { 1, 2, 3 });
        Assert.Equal(3, await ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task Behind_a_write_that_was_cancelled_nothing_is_written_and_reading_goes_on()
    {
        GatedStream gated = new();
        BatchingStream stream = new(gated);
        stream.Gather(2 * Record);
        await stream.WriteAsync(new byte[Record]);
        using CancellationTokenSource cancel = new();
        Task sending = stream.SendGatheredAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TestTransports.Patience));
        await Assert.ThrowsAnyAsync<IOException>(() => stream.WriteAsync(new byte[1]).AsTask());

        _stream.Gather(2 * Record);
        await _stream.WriteAsync(new byte[Record]);
        _stream.DropGathered();
        await Assert.ThrowsAnyAsync<IOException>(() => _stream.WriteAsync(new byte[1]).AsTask());
        await _pair.Right.WriteAsync(new byte[3]);
        Assert.Equal(3, await ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task Nothing_dropped_is_nothing_lost()
    {
        _stream.Gather(Record);
        _stream.DropGathered();
        _stream.Gather(Record);
        await _stream.SendGatheredAsync(default);
        await _stream.WriteAsync(new byte[5]);
        Assert.Equal([5], _beneath.Writes);
    }

    [Fact]
    public async Task The_end_of_the_peer_comes_behind_what_was_read_ahead_and_this_side_goes_on()
    {
        byte[] rest = await AheadAsync();
        await _pair.Right.CompleteWritesAsync(default);
        byte[] received = new byte[rest.Length];
        await _stream.ReadExactlyAsync(received).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(rest, received);
        Assert.Equal(0, await ReadAsync(new byte[10]));
        Assert.Equal(0, await ReadAsync(new byte[10]));
        await _stream.WriteAsync(new byte[] { 9 });
        await _stream.CompleteWritesAsync(default);
        Assert.Equal(1, await _pair.Right.ReadAsync(new byte[10]));
        Assert.Equal(0, await _pair.Right.ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task A_connection_that_breaks_gives_what_was_read_ahead_and_then_the_error()
    {
        byte[] rest = await AheadAsync();
        _pair.Left.Abort();
        byte[] received = new byte[rest.Length];
        await _stream.ReadExactlyAsync(received).AsTask().WaitAsync(TestTransports.Patience);
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task Abort_wakes_a_reader_and_drops_what_was_read_ahead()
    {
        await AheadAsync();
        _stream.Abort();
        Assert.False(_stream.HasAhead);
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(new byte[10]));

        DuplexPair other = new();
        BatchingStream waits = new(other.Left);
        Task<int> reading = waits.ReadAsync(new byte[10]).AsTask();
        waits.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task Dispose_gives_the_buffer_back_and_closes_the_connection_beneath()
    {
        await AheadAsync();
        await _stream.DisposeAsync();
        Assert.False(_stream.HasAhead);
        Assert.True(_beneath.Disposed);
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(new byte[10]));
    }

    public void Dispose() => _stream.Dispose();

    private async Task<int> ReadAsync(Memory<byte> buffer) => await _stream.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience);

    private async Task<byte[]> SendAsync(int length)
    {
        byte[] bytes = Numbered(length);
        await _pair.Right.WriteAsync(bytes).AsTask().WaitAsync(TestTransports.Patience);
        return bytes;
    }

    // Until bytes were read ahead; gives those.
    private async Task<byte[]> AheadAsync()
    {
        byte[] sent = await SendAsync(3 * Record);
        await ReadAsync(new byte[Record]);
        int second = await ReadAsync(new byte[100]);
        Assert.Equal(100, second);
        Assert.True(_stream.HasAhead);
        return sent[(Record + 100)..];
    }

    private static byte[] Numbered(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
