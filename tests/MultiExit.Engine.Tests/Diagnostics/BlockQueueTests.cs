using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Tests.Diagnostics;

public sealed class BlockQueueTests
{
    [Fact]
    public void Items_come_out_in_their_order_and_a_block_is_used_again()
    {
        using BlockQueue queue = new(100, 8);
        Assert.True(queue.TryAdd("abc"u8));
        Assert.True(queue.TryAdd("defgh"u8));
        Assert.True(queue.TryAdd("i"u8)); // the first block is full
        Assert.Equal(3, queue.Count);
        ItemBlock first = queue.Take()!;
        Assert.Equal("abcdefgh"u8, first.Bytes.Span);
        Assert.Equal(2, first.Count);
        queue.Return(first);
        Assert.Equal("i"u8, queue.Take()!.Bytes.Span);
        Assert.Null(queue.Take());
        queue.TryAdd("jk"u8);
        Assert.Same(first, queue.Take());
        Assert.Equal("jk"u8, first.Bytes.Span);
    }

    [Fact]
    public void A_block_that_is_being_written_is_not_added_to()
    {
        using BlockQueue queue = new(100, 8);
        queue.TryAdd("a"u8);
        ItemBlock taken = queue.Take()!;
        queue.TryAdd("b"u8);
        Assert.Equal("a"u8, taken.Bytes.Span);
        Assert.Equal("b"u8, queue.Take()!.Bytes.Span);
    }

    [Fact]
    public void What_finds_no_room_or_is_longer_than_a_block_is_dropped_and_counted()
    {
        using BlockQueue queue = new(2, 4);
        Assert.False(queue.TryAdd("12345"u8));
        Assert.True(queue.TryAdd("1"u8));
        Assert.True(queue.TryAdd("2"u8));
        Assert.True(queue.IsFull);
        Assert.False(queue.TryAdd("3"u8));
        Assert.Equal(2, queue.Dropped);
        queue.Return(queue.Take()!);
        Assert.True(queue.TryAdd("4"u8));
    }
}
