using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>How the reader of a carried stream hears that it broke.</summary>
public sealed class BrokenStreamTests
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_read_has_the_failure_as_its_result_which_nobody_has_thrown(bool waits)
    {
        await using SessionPair pair = new();
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        await server.WriteAsync("a"u8.ToArray());
        Assert.Equal(1, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        Task<StreamRead>? reading = waits ? client.TryReadAsync(new byte[1]).AsTask() : null;
        server.Abort();
        if (!waits) await Wait.UntilAsync(() => client.WasReset);
        StreamRead read = await (reading ?? client.TryReadAsync(new byte[1]).AsTask()).WaitAsync(TestTransports.Patience);
        Assert.Null(Assert.IsType<IOException>(read.Failure).StackTrace);
        // By the other way of reading it is an exception, with the same words.
        IOException thrown = await Assert.ThrowsAsync<IOException>(() => client.ReadAsync(new byte[1]).AsTask());
        Assert.Equal(read.Failure.Message, thrown.Message);
    }

    [Fact]
    public async Task Bytes_that_were_not_read_are_not_taken_for_the_end_of_a_stream_that_broke()
    {
        await using SessionPair pair = new();
        (TunnelStream client, TunnelStream server) = await pair.OpenAsync();
        await server.WriteAsync("abc"u8.ToArray());
        await Wait.UntilAsync(() => client.Unread == 3);
        server.Abort();
        await Wait.UntilAsync(() => client.WasReset && client.Unread == 0);
        Assert.NotNull((await client.TryReadAsync(new byte[8])).Failure);
    }
}
