using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>Windows, credit and the memory behind them.</summary>
public sealed class FlowControlTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void A_window_emptied_quickly_doubles_up_to_the_limit()
    {
        ManualTimeProvider time = new();
        ReceiveWindow window = new(new MemoryBudget(64 << 20), time);
        long size = TunnelWire.InitialWindow;
        long credit = size;
        while (size < ReceiveWindow.Maximum)
        {
            time.Advance(RoundTrip);
            Assert.True(window.TryReceive((int)credit));
            uint granted = window.Consume((int)credit, RoundTrip);
            Assert.Equal(credit + size, granted);
            size *= 2;
            credit = granted;
        }
        Assert.True(window.TryReceive((int)credit));
        Assert.Equal((uint)credit, window.Consume((int)credit, RoundTrip));
    }

    [Fact]
    public void A_window_emptied_slowly_stays()
    {
        ManualTimeProvider time = new();
        ReceiveWindow window = new(new MemoryBudget(64 << 20), time);
        for (int i = 0; i < 10; i++)
        {
            time.Advance(RoundTrip * 5);
            Assert.True(window.TryReceive(TunnelWire.InitialWindow));
            Assert.Equal(0u, window.Consume(TunnelWire.InitialWindow / 2 - 1, RoundTrip));
            Assert.Equal((uint)TunnelWire.InitialWindow, window.Consume(TunnelWire.InitialWindow / 2 + 1, RoundTrip));
        }
        Assert.True(window.TryReceive(TunnelWire.InitialWindow));
        Assert.False(window.TryReceive(1));
    }

    [Fact]
    public void The_budget_bounds_all_windows_and_comes_back()
    {
        ManualTimeProvider time = new();
        MemoryBudget budget = new(TunnelWire.InitialWindow);
        ReceiveWindow first = new(budget, time);
        ReceiveWindow second = new(budget, time);
        Assert.Equal(2u * TunnelWire.InitialWindow, first.Consume(TunnelWire.InitialWindow, RoundTrip));
        Assert.Equal((uint)TunnelWire.InitialWindow, second.Consume(TunnelWire.InitialWindow, RoundTrip));
        first.Release();
        first.Release();
        // A reader that empties the buffer of an ended stream takes nothing.
        Assert.Equal(0u, first.Consume(2 * TunnelWire.InitialWindow, RoundTrip));
        Assert.Equal(2u * TunnelWire.InitialWindow, second.Consume(TunnelWire.InitialWindow, RoundTrip));
        Assert.Equal(0, budget.Take(1));
    }

    // Otherwise a peer that ends its streams behind data that is not read would get the whole memory again with each stream.
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_an_ended_stream_holds_still_counts(bool read)
    {
        await using SessionPair pair = new();
        MemoryBudget budget = new(TunnelWire.InitialWindow);
        ReceiveWindow window = new(budget, TimeProvider.System);
        Assert.NotEqual(0u, window.Consume(TunnelWire.InitialWindow, RoundTrip));
        await using TunnelStream stream = new(pair.Server, 1001, window, asked: false);
        Assert.Equal(TunnelReceiveResult.Ok, stream.OnFirstPayload(new byte[TunnelWire.InitialWindow]));
        await stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal(TunnelReceiveResult.Ok, stream.OnClose());
        stream.End(new IOException("the carrier has ended"));
        await stream.ReadExactlyAsync(new byte[TunnelWire.InitialWindow - 1]);
        Assert.Equal(0, budget.Take(1));
        if (read) await stream.ReadExactlyAsync(new byte[1]);
        else await stream.DisposeAsync();
        Assert.Equal(TunnelWire.InitialWindow, budget.Take(TunnelWire.InitialWindow));
    }

    [Fact]
    public async Task A_sender_waits_for_credit()
    {
        SendCredit credit = new(10);
        Assert.Equal(10, await credit.TakeAsync(20, default));
        ValueTask<int> waiting = credit.TakeAsync(20, default);
        Assert.False(waiting.IsCompleted);
        Assert.True(credit.TryAdd(3));
        Assert.Equal(3, await waiting.AsTask().WaitAsync(TestTransports.Patience));
        Assert.True(credit.TryAdd(TunnelWire.MaxWindow));
        Assert.False(credit.TryAdd(1));
    }

    [Fact]
    public async Task A_failure_ends_the_wait_for_credit()
    {
        SendCredit credit = new(0);
        Task<int> waiting = credit.TakeAsync(1, default).AsTask();
        credit.Fail(new IOException("over"));
        Assert.Equal("over", (await Assert.ThrowsAnyAsync<IOException>(() => waiting.WaitAsync(TestTransports.Patience))).Message);
        await Assert.ThrowsAnyAsync<IOException>(async () => await credit.TakeAsync(1, default));
    }

    [Fact]
    public async Task A_canceled_wait_takes_no_credit()
    {
        SendCredit credit = new(0);
        using CancellationTokenSource canceled = new();
        Task<int> waiting = credit.TakeAsync(1, canceled.Token).AsTask();
        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TestTransports.Patience));
        Assert.True(credit.TryAdd(5));
        Assert.Equal(5, await credit.TakeAsync(9, default));
    }

    [Theory]
    [InlineData(1L << 30, 3840, 64L << 20)]
    [InlineData(64L << 20, 192, 16L << 20)]
    [InlineData(1L << 40, 4096, 64L << 20)]
    [InlineData(1L << 10, 1, 256)]
    public void Memory_is_shared_between_first_windows_and_growth(long memory, int streams, long growth)
    {
        TunnelSessionOptions options = new TunnelSessionOptions().Within(memory);
        Assert.Equal((streams, growth), (options.MaxStreams, options.WindowBudget));
    }
}
