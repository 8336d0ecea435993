using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>How carriers share the memory of their server.</summary>
public sealed class ServerMemoryTests
{
    private const long Total = 12 << 20;
    private const int Step = 64 * 1024;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(5, 6)]
    public void Greedy_carriers_get_equal_parts_and_leave_one_part_over(int carriers, int parts)
    {
        ServerMemory memory = new(Total);
        MemoryBudget[] greedy = [.. Enumerable.Range(0, carriers).Select(_ => new MemoryBudget(Total, memory))];
        while (greedy.Any(carrier => !carrier.IsOver))
            foreach (MemoryBudget carrier in greedy.Where(carrier => !carrier.IsOver)) carrier.HoldWaiting(Step);
        Assert.InRange(memory.Left, Total / parts - carriers * Step, Total / parts);
        Assert.All(greedy, carrier => Assert.True(carrier is { IsTight: true, IsFull: true, IsCrowded: true }));
        MemoryBudget modest = new(Total, memory);
        modest.HoldWaiting(Step);
        Assert.True(modest is { IsTight: false, IsOver: false, IsFull: false, IsCrowded: false });
    }

    [Fact]
    public void A_window_grows_only_into_what_is_left_of_the_servers_memory()
    {
        ServerMemory memory = new(Total);
        MemoryBudget carrier = new(64 << 20, memory);
        Assert.Equal(4 << 20, carrier.Take(4 << 20));
        Assert.Equal(0, carrier.Take(4 << 20)); // 8 of 12 MiB would be more than the 4 left over
        Assert.Equal(2 << 20, carrier.Take(1 << 20) + carrier.Take(1 << 20));
        carrier.Return(6 << 20);
        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public void Streams_alone_hold_no_carrier_back_whatever_the_others_hold()
    {
        ServerMemory memory = new(Total);
        MemoryBudget idle = new(Total, memory);
        idle.Hold(300 * MemoryBudget.OfStream);
        new MemoryBudget(Total, memory).HoldWaiting(Total);
        Assert.True(idle.IsFull);
        Assert.True(idle is { IsOver: false, IsTight: false });
        idle.HoldWaiting(MemoryBudget.OfStream + 1);
        Assert.True(idle.IsOver);
    }

    [Fact]
    public void Credit_is_withheld_while_memory_is_tight_and_granted_whole_afterwards()
    {
        ServerMemory memory = new(Total);
        MemoryBudget carrier = new(Total, memory);
        ReceiveWindow window = new(carrier, new ManualTimeProvider());
        carrier.HoldWaiting(5 << 20);
        Assert.Equal(0u, window.Consume(TunnelWire.InitialWindow / 2, TimeSpan.Zero));
        Assert.True(window.IsWithheld);
        Assert.Equal(0u, window.Consume(1000, TimeSpan.Zero));
        carrier.HoldWaiting(-4 << 20);
        Assert.Equal(TunnelWire.InitialWindow / 2 + 1000u, window.Consume(0, TimeSpan.Zero));
        Assert.False(window.IsWithheld);
    }

    [Fact]
    public void A_reload_may_leave_less_than_is_held()
    {
        ServerMemory memory = new(Total);
        MemoryBudget carrier = new(Total, memory);
        carrier.HoldWaiting(1 << 20);
        Assert.False(carrier.IsTight);
        memory.Total = 1 << 19;
        Assert.True(carrier.IsOver);
        carrier.HoldWaiting(-1 << 20);
        Assert.False(carrier.IsOver);
    }
}
