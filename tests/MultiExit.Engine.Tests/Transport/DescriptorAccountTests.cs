using System.Net.Sockets;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>The account of descriptors, on a system of its own.</summary>
public sealed class DescriptorAccountTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(256, 80, 32, 8)] // 16 and 8 would be too few for the runtime
    [InlineData(4096, 80, 256, 128)]
    [InlineData(1_000_000, 80, 512, 256)]
    public void Clients_are_accepted_down_to_the_slack_and_sockets_opened_down_to_the_reserve(int limit, int others, int reserve, int slack)
    {
        DescriptorAccount account = Account(() => new DescriptorReading(limit, others));
        account.Opened(limit - others - reserve - slack - 1);
        Assert.True(account.MayAccept);
        account.Opened();
        Assert.False(account.MayAccept);
        Assert.True(account.MayOpen);
        account.Opened(slack - 1);
        account.ThrowIfShort();
        account.Opened();
        SocketException refused = Assert.Throws<SocketException>(account.ThrowIfShort);
        Assert.Equal(SocketError.TooManyOpenSockets, refused.SocketErrorCode);
        Assert.Contains($"{limit - reserve} of {limit} are in use", refused.Message, StringComparison.Ordinal);
        Assert.Equal((reserve, 1), (account.Reserve, account.Refused));
    }

    [Fact]
    public void A_client_whose_request_is_still_to_come_keeps_a_descriptor_for_its_target()
    {
        DescriptorAccount account = Account(() => new DescriptorReading(256, 214));
        Assert.True(account.MayAccept);
        account.Expect();
        account.Expect();
        Assert.False(account.MayAccept);
        Assert.True(account.MayOpen);
        account.Unexpect();
        Assert.True(account.MayAccept);
    }

    [Fact]
    public void What_others_open_in_the_process_counts_once_it_is_looked_up()
    {
        long open = 100;
        DescriptorAccount account = Account(() => new DescriptorReading(256, open));
        account.Opened(10);
        Assert.Equal(110, account.Used);
        open = 220; // this process's own among them
        account.Refresh();
        Assert.Equal(220, account.Used);
        Assert.False(account.MayAccept);
        Assert.Equal(3, account.Clients); // two each of 256 - 210 - 40
    }

    [Fact]
    public async Task A_wait_for_room_ends_when_descriptors_are_closed()
    {
        DescriptorAccount account = Account(() => new DescriptorReading(256, 100));
        account.Opened(120);
        Task waiting = account.WaitForRoomAsync(() => false).AsTask();
        Assert.True(account.IsPaused);
        Assert.False(waiting.IsCompleted);
        account.Closed(60);
        await waiting.WaitAsync(Limit);
        Assert.Equal((1, false), (account.Pauses, account.IsPaused));
    }

    [Fact]
    public async Task A_wait_for_room_ends_with_its_listener()
    {
        DescriptorAccount account = Account(() => new DescriptorReading(256, 250));
        bool ended = false;
        Task waiting = account.WaitForRoomAsync(() => Volatile.Read(ref ended)).AsTask();
        Volatile.Write(ref ended, true);
        await waiting.WaitAsync(Limit);
    }

    [Fact]
    public void Without_a_limit_nothing_is_held_back()
    {
        DescriptorAccount account = Account(() => null);
        account.Opened(10_000_000);
        Assert.True(account is { MayAccept: true, MayOpen: true, IsAmple: true });
    }

    [LinuxFact("only Linux tells of the limit of descriptors")]
    public void The_system_says_how_many_there_are_and_may_be()
    {
        DescriptorReading reading = Assert.NotNull(DescriptorReading.OfProcess());
        Assert.InRange(reading.Open, 3, reading.Limit);
        string limits = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        Assert.Contains($" {reading.Limit} ", limits, StringComparison.Ordinal);
    }

    private static DescriptorAccount Account(Func<DescriptorReading?> look)
    {
        DescriptorAccount account = new(look);
        account.Refresh();
        return account;
    }
}
