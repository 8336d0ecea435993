using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Tests.Protocols.Shadowsocks;

public sealed class PacketWindowTests
{
    [Fact]
    public void A_number_is_new_once_and_may_come_late()
    {
        PacketWindow window = new();
        foreach (ulong number in new ulong[] { 0, 5, 3, 1, 4, 2 })
        {
            Assert.True(window.TryAdd(number));
            Assert.False(window.TryAdd(number));
        }
    }

    [Fact]
    public void What_is_behind_the_window_is_not_new_and_what_is_in_it_stays_exact()
    {
        PacketWindow window = new();
        Assert.True(window.TryAdd(0));
        Assert.True(window.TryAdd(PacketWindow.Size));
        Assert.False(window.TryAdd(0));
        for (ulong number = 1; number < PacketWindow.Size; number++) Assert.True(window.TryAdd(number));
        Assert.False(window.TryAdd(1));
        Assert.True(window.TryAdd(3 * PacketWindow.Size));
        Assert.True(window.TryAdd((2 * PacketWindow.Size) + 1));
        Assert.False(window.TryAdd(2 * PacketWindow.Size));
    }

    [Fact]
    public void The_highest_number_of_all_is_refused() => Assert.False(new PacketWindow().TryAdd(ulong.MaxValue));
}
