using MultiExit.Engine.Balancing;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

public sealed class ExitGroupTests
{
    private static readonly Destination Target = Destination.FromAddress(System.Net.IPAddress.Loopback, 80);
    private static readonly DialContext Context = new();

    [Fact]
    public async Task Round_robin_is_even_also_from_many_threads()
    {
        FakeExit[] members = [new("a"), new("b"), new("c")];
        ExitGroup group = Group(0, members);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 300; i++) await group.DialAsync(Target, Context, default);
        })));
        Assert.All(members, member => Assert.Equal(800, member.Dials));
    }

    [Fact]
    public async Task Round_robin_starts_with_the_first()
    {
        ExitGroup group = Group(0, new FakeExit("a"), new FakeExit("b"));
        List<string> served = [];
        for (int i = 0; i < 4; i++) served.Add((await group.DialAsync(Target, Context, default)).Exit!.Name);
        Assert.Equal("a b a b", string.Join(' ', served));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(9, true)]
    public async Task Retries_go_to_other_members(int retries, bool succeeds)
    {
        FakeExit[] members = [new("a", DialFailure.TimedOut), new("b", DialFailure.ProxyUnreachable), new("c")];
        DialResult result = await Group(retries, members).DialAsync(Target, Context, default);
        Assert.Equal(succeeds, result.Succeeded);
        Assert.Equal(succeeds ? "c" : "a", result.Exit!.Name);
        Assert.All(members, member => Assert.InRange(member.Dials, 0, 1));
    }

    [Fact]
    public async Task No_member_is_tried_twice()
    {
        FakeExit[] members = [new("a", DialFailure.General), new("b", DialFailure.General)];
        DialResult result = await Group(9, members).DialAsync(Target, Context, default);
        Assert.False(result.Succeeded);
        Assert.All(members, member => Assert.Equal(1, member.Dials));
    }

    [Fact]
    public async Task A_policys_refusal_is_final()
    {
        FakeExit[] members = [new("a", DialFailure.NotAllowed), new("b")];
        DialResult result = await Group(1, members).DialAsync(Target, Context, default);
        Assert.Equal(DialFailure.NotAllowed, result.Failure);
        Assert.Equal(0, members[1].Dials);
    }

    [Fact]
    public async Task The_failure_that_says_most_about_the_target_is_reported()
    {
        DialResult result = await Group(2,
            new("a", DialFailure.NetworkUnreachable), new("b", DialFailure.ConnectionRefused), new("c", DialFailure.ProxyUnreachable))
            .DialAsync(Target, Context, default);
        Assert.Equal(DialFailure.ConnectionRefused, result.Failure);
        Assert.Equal("b", result.Exit!.Name);
        Assert.Equal("pool > b: it fails", result.Detail);
    }

    [Fact]
    public async Task Groups_nest()
    {
        FakeExit working = new("working");
        ExitGroup inner = Pools.Of("inner", new RoundRobin(), 0, new FakeExit("broken", DialFailure.TimedOut));
        ExitGroup outer = Pools.Of("outer", new RoundRobin(), 1, inner, working);
        DialResult result = await outer.DialAsync(Target, Context, default);
        Assert.Same(working, result.Exit);
        DialResult failed = await Pools.Of("outer", new RoundRobin(), 1, inner).DialAsync(Target, Context, default);
        Assert.Equal("broken", failed.Exit!.Name);
        Assert.Equal("outer > inner > broken: it fails", failed.Detail);
    }

    [Fact]
    public async Task Datagrams_pass_over_members_that_cannot_carry_them()
    {
        FakeExit[] members = [new("http", DialFailure.CommandNotSupported), new("direct")];
        Assert.True((await Group(0, members).OpenUdpAsync(Context, default)).Succeeded);
        UdpOpenResult none = await Group(0, new FakeExit("http", DialFailure.CommandNotSupported)).OpenUdpAsync(Context, default);
        Assert.Equal(DialFailure.CommandNotSupported, none.Failure);
        UdpOpenResult broken = await Group(0, new FakeExit("broken", DialFailure.ProxyUnreachable), members[0], members[1]).OpenUdpAsync(Context, default);
        Assert.Equal(DialFailure.ProxyUnreachable, broken.Failure);
        Assert.Contains("broken", broken.Detail, StringComparison.Ordinal);
    }

    private static ExitGroup Group(int retries, params FakeExit[] members) => Pools.Of("pool", new RoundRobin(), retries, members);
}
