using System.Text;
using MultiExit.Engine.Lightsocks;
using MultiExit.Engine.Protocols.Lightsocks;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Lightsocks;

public sealed class LightsocksStreamTests
{
    private static readonly LightsocksTable Table =
        LightsocksTable.TryRead(Encoding.ASCII.GetBytes(LightsocksTable.Generate()), out LightsocksTable? table) ? table : throw new FormatException();

    [Fact]
    public async Task A_long_write_comes_whole_and_the_callers_octets_stay_as_they_are()
    {
        DuplexPair pair = new();
        await using LightsocksStream near = new(pair.Left, Table), far = new(pair.Right, Table);
        byte[] data = new byte[300_000];
        new Random(1).NextBytes(data);
        byte[] before = [.. data];
        Task writing = WriteAsync();
        using MemoryStream came = new();
        await far.CopyToAsync(came).WaitAsync(TestTransports.Patience);
        await writing;
        Assert.Equal(before, came.ToArray());
        Assert.Equal(before, data);

        async Task WriteAsync()
        {
            await near.WriteAsync(data);
            await near.CompleteWritesAsync(default);
        }
    }

    [Fact]
    public async Task What_is_sent_is_not_what_was_written()
    {
        DuplexPair pair = new();
        await using LightsocksStream near = new(pair.Left, Table);
        await near.WriteAsync(new byte[] { 5, 1, 0 });
        byte[] wire = new byte[3];
        await pair.Right.ReadExactlyAsync(wire).AsTask().WaitAsync(TestTransports.Patience);
        Assert.NotEqual(5, wire[0]);
        Table.Decode(wire, wire);
        Assert.Equal([5, 1, 0], wire);
    }

    [Fact]
    public async Task One_direction_ends_and_the_other_goes_on()
    {
        DuplexPair pair = new();
        await using LightsocksStream near = new(pair.Left, Table), far = new(pair.Right, Table);
        await near.CompleteWritesAsync(default);
        Assert.Equal(0, await far.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        await far.WriteAsync(new byte[] { 7 });
        byte[] octet = new byte[1];
        await near.ReadExactlyAsync(octet).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(7, octet[0]);
    }

    [Fact]
    public async Task An_abort_wakes_the_reader_on_the_other_side()
    {
        DuplexPair pair = new();
        await using LightsocksStream near = new(pair.Left, Table), far = new(pair.Right, Table);
        Task<int> read = far.ReadAsync(new byte[1]).AsTask();
        near.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => read.WaitAsync(TestTransports.Patience));
    }
}
