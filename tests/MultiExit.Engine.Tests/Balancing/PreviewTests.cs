using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

/// <summary>A strategy chooses the member of its preview, however often the preview was asked for.</summary>
public sealed class PreviewTests
{
    public static TheoryData<GroupStrategy> Strategies => [.. Enum.GetValues<GroupStrategy>()];

    [Theory]
    [MemberData(nameof(Strategies))]
    public void A_preview_gives_the_next_choice_and_takes_no_turn(GroupStrategy kind)
    {
        Random random = new(11);
        Member[] members = Pools.Members([.. "abcde".Select(name => new FakeExit(name.ToString()))], 4, 1, 1, 2, 3);
        IStrategy strategy = StrategyFactory.Create(
            new GroupConfig { Name = "pool", Exits = ["a", "b", "c", "d", "e"], Strategy = kind, PortRanges = [new(new(0, 99), "a"), new(new(100, 199), "d")] },
            new StickyTable(TimeProvider.System));
        for (int i = 0; i < 500; i++)
        {
            Member[] candidates = [.. members.Where(_ => random.Next(5) > 0)];
            if (candidates.Length == 0) continue;
            Destination? destination = random.Next(5) == 0 ? null : Pools.To($"{random.Next(9)}.example", 1 + random.Next(300));
            DialContext context = random.Next(5) == 0 ? new DialContext() : Pools.From($"192.0.2.{random.Next(9)}", random.Next(2) == 0 ? "alice" : null);
            int attempt = random.Next(4) == 0 ? 1 : 0;
            int? told = null;
            for (int asked = 0; asked <= i % 3; asked++)
            {
                Preview preview = strategy.Preview(candidates, destination, context, attempt);
                Assert.NotEmpty(preview.Reason);
                Assert.All(candidates.Where((_, index) => index != preview.Index), other => Assert.NotNull(preview.Others(other)));
                told = preview.Index;
            }
            int chosen = strategy.Choose(candidates, destination, context, attempt);
            if (kind == GroupStrategy.Random) Assert.Equal(candidates.Length == 1 ? 0 : null, told);
            else Assert.Equal(chosen, told);
            Use(strategy, members, candidates[chosen], context, random);
        }
    }

    [Fact]
    public void Reasons_name_what_decided()
    {
        Member[] members = Pools.Named("a", "b");
        members[0].State.SessionBegan();
        Preview preview = new LeastConnections().Preview(members, Pools.To("a.example"), new DialContext(), 0);
        Assert.Equal((1, "the fewest live sessions and dials: 0", "more live sessions and dials: 1"),
            (preview.Index, preview.Reason, preview.Others(members[0])));
        preview = new PortBased([new(new(1, 99), "b")]).Preview(members, Pools.To("a.example", 80), new DialContext(), 0);
        Assert.Equal((1, "port 80 is in its range 1-99"), (preview.Index, preview.Reason));
        preview = new Sticky(BindingUnit.User, TimeSpan.FromHours(1), new StickyTable(TimeProvider.System))
            .Preview(members, null, Pools.From("192.0.2.1", "alice"), 0);
        Assert.Equal("the hash of user alice leads to it", preview.Reason);
    }

    // The events between two choices: dials, their times, sessions, moves.
    private static void Use(IStrategy strategy, Member[] members, Member member, DialContext context, Random random)
    {
        member.State.DialBegan();
        if (random.Next(4) == 0) member.State.DialFailed(DialFailure.TimedOut, "no answer");
        else member.State.DialSucceeded(TimeSpan.FromMilliseconds(random.Next(100)));
        member.State.DialEnded();
        if (random.Next(2) == 0) member.State.SessionBegan();
        strategy.Served(members, member, context);
    }
}
