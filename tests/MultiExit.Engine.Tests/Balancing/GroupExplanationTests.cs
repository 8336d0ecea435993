using System.Net;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

/// <summary>A group does what it has explained before.</summary>
public sealed class GroupExplanationTests
{
    private static readonly DialFailure[] Fates =
        [DialFailure.None, DialFailure.General, DialFailure.NotAllowed, DialFailure.CommandNotSupported];
    private static readonly Destination Target = Pools.To("a.example");
    private static readonly IPAddress Far = IPAddress.Parse("2001:db8::9");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_member_that_is_explained_is_the_one_that_serves(bool udp)
    {
        DialContext context = Pools.From("192.0.2.7", "alice");
        foreach (Func<IStrategy> create in Strategies())
        {
            foreach (DialFailure[] fates in Mixes(3))
            {
                for (int retries = 0; retries <= 3; retries++)
                {
                    // A group by destination opens no flow itself: its members are chosen for each destination.
                    FakeExit[] exits = [.. fates.Select((fate, index) => new FakeExit($"m{index}", fate))];
                    ExitGroup group = Pools.Of("pool", create(), retries, exits);
                    if (udp && group.IsByDestination) continue;
                    string what = $"{create().GetType().Name}, {string.Join(' ', fates)}, retries {retries}";
                    await AssertAgreesAsync(group, context, udp, what);
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_group_within_a_group_is_explained_as_it_serves(bool udp)
    {
        foreach (DialFailure[] fates in Mixes(4))
        {
            FakeExit[] exits = [.. fates.Select((fate, index) => new FakeExit($"m{index}", fate))];
            ExitGroup inner = Pools.Of("inner", new Failover(), 1, exits[0], exits[1]);
            ExitGroup outer = Pools.Of("outer", new RoundRobin(), 1, inner, exits[2], exits[3]);
            await AssertAgreesAsync(outer, Pools.From("192.0.2.7"), udp, string.Join(' ', fates));
        }
    }

    [Fact]
    public void Datagrams_go_by_the_member_that_reaches_the_destination()
    {
        Destination far = Destination.FromAddress(Far, 53);
        foreach (IStrategy strategy in (IStrategy[])[new Failover(), new RoundRobin(), new DestinationBased(BindingUnit.Connection)])
        {
            FakeExit[] exits = [new("a") { Unreachable = [Far] }, new("b") { Unreachable = [Far] }, new("c")];
            ExitGroup group = Pools.Of("pool", strategy, 0, exits);
            ExitExplanation told = group.Explain(Step(Pools.From("192.0.2.7"), udp: true) with { Destination = far });
            Assert.Equal((RouteOutcome.Served, "pool > c"), (told.Outcome, string.Join(" > ", told.Path)));
            Assert.Equal([MemberChoice.Passed, MemberChoice.Passed, MemberChoice.Taken], told.Members.Select(member => member.Choice));
            Assert.Same(exits[2], group.Choose(far, null, Pools.From("192.0.2.7")));
        }
    }

    [Fact]
    public void Without_a_client_a_group_that_binds_clients_may_take_any()
    {
        ExitGroup group = Pools.Of("pool", new DestinationBased(BindingUnit.Client), 0, new FakeExit("a"), new FakeExit("b"));
        ExplainStep step = Step(Pools.From("0.0.0.0"), udp: false);
        Assert.All(group.Explain(step with { ClientKnown = false }).Members, member => Assert.Equal(MemberChoice.Possible, member.Choice));
        Assert.Single(group.Explain(step).Members, member => member.Choice == MemberChoice.Taken);
    }

    private static IEnumerable<Func<IStrategy>> Strategies() =>
    [
        () => new Failover(),
        () => new RoundRobin(),
        () => new LeastConnections(),
        () => new LowestLatency(),
        () => new Quality(),
        () => new DestinationBased(BindingUnit.Client),
        () => new PortBased([new PortRangeConfig(new PortRange(443, 443), "m1")]),
        () => new Sticky(BindingUnit.User, TimeSpan.FromHours(1), new StickyTable(TimeProvider.System)),
    ];

    private static IEnumerable<DialFailure[]> Mixes(int count) => count == 0
        ? [[]]
        : Mixes(count - 1).SelectMany(rest => Fates.Select(fate => (DialFailure[])[fate, .. rest]));

    private static async Task AssertAgreesAsync(ExitGroup group, DialContext context, bool udp, string what)
    {
        ExitExplanation told = group.Explain(Step(context, udp));
        (string? exit, DialFailure failure) = udp ? await OpenAsync(group, context) : await DialAsync(group, context);
        RouteOutcome outcome = failure switch
        {
            DialFailure.None => RouteOutcome.Served,
            DialFailure.NotAllowed => RouteOutcome.Refused,
            _ => RouteOutcome.Unavailable,
        };
        Assert.True(outcome == told.Outcome, $"{what}: explained as {told.Outcome}, but {failure}");
        if (exit is not null) Assert.True(exit == told.Path.Last(), $"{what}: explained as {told.Path.Last()}, but {exit} served");
    }

    private static async Task<(string? Exit, DialFailure Failure)> DialAsync(ExitGroup group, DialContext context)
    {
        DialResult result = await group.DialAsync(Target, context, default);
        return (result.Succeeded ? result.Exit.Name : null, result.Failure);
    }

    private static async Task<(string? Exit, DialFailure Failure)> OpenAsync(ExitGroup group, DialContext context)
    {
        UdpOpenResult result = await group.OpenUdpAsync(context, default);
        return (result.Exit?.Name, result.Failure);
    }

    private static ExplainStep Step(DialContext context, bool udp) => new()
    {
        Destination = Target,
        Context = context,
        ClientKnown = true,
        Udp = udp,
        Outline = exit => new ExitExplanation
        {
            Name = exit.Name, Type = exit.Group is null ? "fake" : "group", Strategy = exit.Group is null ? null : "any",
        },
    };
}
