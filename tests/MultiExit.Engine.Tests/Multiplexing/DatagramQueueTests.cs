using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>Datagrams that wait for a reader are bounded in number and in bytes.</summary>
public sealed class DatagramQueueTests
{
    private static readonly Destination Source = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 53));

    [Theory]
    [InlineData(0, 64)]
    [InlineData(1400, 64)]
    [InlineData(65507, 4)]
    [InlineData(256 * 1024, 1)]
    [InlineData(256 * 1024 + 1, 0)]
    public async Task What_is_behind_is_dropped(int length, int kept)
    {
        DatagramQueue queue = new();
        byte[] buffer = new byte[length + 1];
        // The second time there is room again.
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 100; i++) queue.Add(Source, new byte[length]);
            for (int i = 0; i < kept; i++)
            {
                DatagramReceived received = await queue.ReceiveAsync(buffer, CancellationToken.None);
                Assert.Equal(length, received.Length);
            }
            using CancellationTokenSource nothing = new();
            ValueTask<DatagramReceived> more = queue.ReceiveAsync(buffer, nothing.Token);
            Assert.False(more.IsCompleted);
            await nothing.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => more.AsTask());
        }
    }

    [Fact]
    public async Task A_reader_is_told_why_the_queue_ended_as_an_error_of_the_connection()
    {
        DatagramQueue queue = new();
        ProxyException reason = new(ProxyError.ProtocolViolation, "the peer broke its rules");
        Task waiting = queue.ReceiveAsync(new byte[1], CancellationToken.None).AsTask();
        queue.End(reason);
        foreach (Func<Task> read in (Func<Task>[])[() => waiting, () => queue.ReceiveAsync(new byte[1], CancellationToken.None).AsTask(),
            () => queue.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask()])
        {
            IOException told = await Assert.ThrowsAnyAsync<IOException>(read);
            Assert.Equal(reason.Message, told.Message);
        }
    }

    [Fact]
    public async Task A_reader_that_waits_goes_on_within_the_call_that_adds_and_one_that_is_ended_outside_of_that_call()
    {
        DatagramQueue queue = new();
        int caller = Environment.CurrentManagedThreadId, goneOn = 0;
        bool isCalling = true;
        Task reading = ReadAsync(ended: false);
        queue.Add(Source, new byte[1]);
        Assert.Equal(1, goneOn);
        Task ended = ReadAsync(ended: true);
        // Whoever ends a queue may hold a lock that its reader needs.
        queue.End(new IOException("over"));
        Volatile.Write(ref isCalling, false);
        await Task.WhenAll(reading, ended).WaitAsync(TestTransports.Patience);
        Assert.Equal(1, goneOn);

        async Task ReadAsync(bool ended)
        {
            try
            {
                await queue.ReceiveAsync(new byte[1], CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException) when (ended)
            {
                // Told of the end.
            }
            if (Volatile.Read(ref isCalling) && Environment.CurrentManagedThreadId == caller) goneOn++;
        }
    }

    [Fact]
    public void What_comes_after_the_queue_was_cleared_holds_no_memory()
    {
        ServerMemory memory = new(8 << 20);
        DatagramQueue queue = new(new MemoryBudget(1 << 20, memory));
        queue.Add(Source, new byte[1000]);
        Assert.Equal(MemoryBudget.OfStream + 1000, memory.Used);
        queue.Clear();
        Assert.Equal(0, memory.Used);
        queue.Add(Source, new byte[1000]);
        Assert.Equal(0, memory.Used);
    }
}
