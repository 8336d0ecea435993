using System.IO.Pipelines;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Remote;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Remote;

/// <summary>Two ends of a control link, or one end and bytes by hand.</summary>
public sealed class ControlLinkTests
{
    [Fact]
    public async Task Channels_carry_bytes_both_ways_at_the_same_time()
    {
        await using Pair pair = new(EchoAsync);
        byte[] sent = new byte[1024 * 1024];
        new Random(7).NextBytes(sent);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await using LinkStream channel = pair.Near.Open($"server-{i}");
            Task writing = WriteAsync(channel, sent);
            Assert.Equal(sent, await ReadAllAsync(channel));
            await writing;
        }).ToArray()).WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_channel_that_nobody_reads_keeps_no_other_waiting_and_holds_no_more_than_its_window()
    {
        long written = 0;
        await using Pair pair = new(async (name, channel) =>
        {
            if (name == "busy")
            {
                byte[] part = new byte[4096];
                while (true)
                {
                    await channel.WriteAsync(part);
                    Interlocked.Add(ref written, part.Length);
                }
            }
            await EchoAsync(name, channel);
        });
        await using LinkStream busy = pair.Near.Open("busy");
        await Wait.UntilAsync(() => Interlocked.Read(ref written) >= LinkStream.Window);
        await using LinkStream other = pair.Near.Open("other");
        await WriteAsync(other, "still here"u8.ToArray()).WaitAsync(TestTransports.Patience);
        Assert.Equal("still here", Encoding.UTF8.GetString(await ReadAllAsync(other).WaitAsync(TestTransports.Patience)));
        Assert.Equal(LinkStream.Window, Interlocked.Read(ref written));
    }

    [Fact]
    public async Task The_reason_of_a_channel_that_is_refused_reaches_its_reader()
    {
        await using Pair pair = new((_, channel) =>
        {
            channel.Abort("no server named x answers there\u001b[31m");
            return Task.CompletedTask;
        });
        await using LinkStream channel = pair.Near.Open("x");
        IOException failure = await Assert.ThrowsAsync<IOException>(() => ReadAllAsync(channel).WaitAsync(TestTransports.Patience));
        Assert.Equal("no server named x answers there?[31m", failure.Message);
    }

    [Fact]
    public async Task The_end_of_the_link_ends_its_channels()
    {
        Pair pair = new(EchoAsync);
        LinkStream channel = pair.Near.Open("x");
        await pair.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => ReadAllAsync(channel).WaitAsync(TestTransports.Patience));
        await Assert.ThrowsAsync<IOException>(() => channel.WriteAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Throws<IOException>(() => pair.Near.Open("y"));
        Assert.True(pair.Near.HasEnded);
    }

    [Fact]
    public async Task There_are_so_many_channels_at_a_time_and_no_more()
    {
        await using Pair pair = new(EchoAsync);
        LinkStream[] channels = [.. Enumerable.Range(0, ControlLink.MaxChannels).Select(_ => pair.Near.Open("x"))];
        Assert.Throws<IOException>(() => pair.Near.Open("one more"));
        await channels[0].DisposeAsync();
        await using LinkStream again = pair.Near.Open("x");
        await WriteAsync(again, "a"u8.ToArray());
        Assert.Equal("a"u8.ToArray(), await ReadAllAsync(again).WaitAsync(TestTransports.Patience));
    }

    [Theory]
    [InlineData("09 00000001 00000000", "there is no frame of the type 9")]
    [InlineData("01 00000001 00000000", "a channel is opened that may not be")] // to the side that opens them
    [InlineData("02 00000001 00004001", "a frame of the control link has 16385 octets")]
    [InlineData("02 00000001 ffffffff", "a frame of the control link has 4294967295 octets")]
    [InlineData("05 00000001 00000002 0000", "a frame of credit has 4 octets")]
    public async Task A_peer_that_breaks_the_form_ends_the_link(string frame, string expected)
    {
        using MemoryStream input = new(Convert.FromHexString(frame.Replace(" ", "", StringComparison.Ordinal)));
        ControlLink link = new(input, Stream.Null);
        link.Open("x");
        await link.RunAsync(CancellationToken.None).WaitAsync(TestTransports.Patience);
        Assert.Equal(expected, Assert.IsType<ProxyException>(await link.Completion).Message);
    }

    [Fact]
    public async Task A_peer_that_sends_more_than_its_credit_ends_the_link()
    {
        using MemoryStream input = new();
        for (int i = 0; i <= LinkStream.Window / LinkFrame.MaxPayload; i++)
            input.Write(new LinkFrame(LinkFrameType.Data, 1, new byte[LinkFrame.MaxPayload]).ToArray());
        input.Position = 0;
        ControlLink link = new(input, Stream.Null);
        link.Open("x");
        await link.RunAsync(CancellationToken.None).WaitAsync(TestTransports.Patience);
        Assert.Equal("a channel has more than its credit", Assert.IsType<ProxyException>(await link.Completion).Message);
    }

    [Fact]
    public async Task A_channel_is_opened_once_only()
    {
        using MemoryStream input = new(
            [.. new LinkFrame(LinkFrameType.Open, 2, "x"u8.ToArray()).ToArray(), .. new LinkFrame(LinkFrameType.Open, 2, default).ToArray()]);
        ControlLink link = new(input, Stream.Null, (_, _) => Task.CompletedTask);
        await link.RunAsync(CancellationToken.None).WaitAsync(TestTransports.Patience);
        Assert.IsType<ProxyException>(await link.Completion);
    }

    [Fact]
    public async Task A_peer_that_reads_late_loses_nothing_of_many_small_pieces()
    {
        const int Channels = 8, Piece = 100;
        long written = 0;
        Pipe there = new(new PipeOptions(pauseWriterThreshold: 0)), back = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        ControlLink far = new(there.Reader.AsStream(), back.Writer.AsStream(), async (_, channel) =>
        {
            byte[] part = new byte[Piece];
            for (int i = 0; i < LinkStream.Window / Piece; i++) await channel.WriteAsync(part);
            Interlocked.Increment(ref written);
            await channel.CompleteWritesAsync(default);
        });
        using CancellationTokenSource over = new();
        Task running = far.RunAsync(over.Token);
        for (uint id = 1; id <= Channels; id++) await there.Writer.WriteAsync(new LinkFrame(LinkFrameType.Open, id, "x"u8.ToArray()).ToArray());
        await Wait.UntilAsync(() => Interlocked.Read(ref written) == Channels);
        await there.Writer.WriteAsync(LinkFrame.OfCredit(1, 1).ToArray());
        Stream arriving = back.Reader.AsStream();
        byte[] header = new byte[LinkFrame.HeaderLength];
        int left = Channels, count = 0;
        while (left > 0)
        {
            LinkFrame? frame = await LinkFrame.ReadAsync(arriving, header, default).AsTask().WaitAsync(TestTransports.Patience);
            Assert.NotNull(frame);
            if (frame is { Type: LinkFrameType.End }) left--;
            else count += frame.Value.Payload.Length;
        }
        Assert.Equal(Channels * (LinkStream.Window / Piece) * Piece, count);
        Assert.False(far.HasEnded);
        await over.CancelAsync();
        await running.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_peer_that_asks_for_ever_more_and_reads_nothing_ends_the_link()
    {
        Pipe there = new(new PipeOptions(pauseWriterThreshold: 0)), back = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        int accepted = 0;
        ControlLink far = new(there.Reader.AsStream(), back.Writer.AsStream(), (_, channel) =>
        {
            accepted++;
            return channel.WriteAsync(new byte[LinkStream.Window]).AsTask();
        });
        Task running = far.RunAsync(CancellationToken.None);
        for (uint id = 1; id <= 1000; id++)
        {
            await there.Writer.WriteAsync(new LinkFrame(LinkFrameType.Open, id, "x"u8.ToArray()).ToArray());
            await there.Writer.WriteAsync(new LinkFrame(LinkFrameType.Reset, id, default).ToArray());
        }
        await running.WaitAsync(TestTransports.Patience);
        Assert.Equal("too much waits for the other side", Assert.IsType<ProxyException>(await far.Completion).Message);
        Assert.InRange(accepted, ControlLink.MaxChannels, 3 * ControlLink.MaxChannels);
    }

    private static async Task EchoAsync(string name, LinkStream channel)
    {
        byte[] buffer = new byte[5000];
        while (await channel.ReadAsync(buffer) is > 0 and int count) await channel.WriteAsync(buffer.AsMemory(0, count));
        await channel.CompleteWritesAsync(default);
    }

    private static async Task WriteAsync(LinkStream channel, byte[] bytes)
    {
        await channel.WriteAsync(bytes);
        await channel.CompleteWritesAsync(default);
    }

    private static async Task<byte[]> ReadAllAsync(LinkStream channel)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[7000];
        while (await channel.ReadAsync(buffer) is > 0 and int count) all.Write(buffer, 0, count);
        return all.ToArray();
    }

    private sealed class Pair : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly Task _running;

        public Pair(Func<string, LinkStream, Task> accept)
        {
            Pipe there = new(), back = new();
            Near = new ControlLink(back.Reader.AsStream(), there.Writer.AsStream());
            ControlLink far = new(there.Reader.AsStream(), back.Writer.AsStream(), accept);
            _running = Task.WhenAll(Near.RunAsync(_over.Token), far.RunAsync(_over.Token));
        }

        public ControlLink Near { get; }

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _running.WaitAsync(TestTransports.Patience);
            _over.Dispose();
        }
    }
}
