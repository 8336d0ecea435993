using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

public sealed class StickyTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Clients_are_spread_and_keep_their_member_across_a_restart()
    {
        Member[] members = Pools.Named("a", "b");
        Sticky strategy = Create(BindingUnit.Client);
        int[] counts = new int[2];
        for (int i = 0; i < 200; i++)
        {
            DialContext context = Pools.From($"192.0.2.{i}");
            int chosen = strategy.Choose(members, Pools.To("a.example"), context, 0);
            counts[chosen]++;
            // Only the rule of a strategy survives.
            Assert.Equal(chosen, Create(BindingUnit.Client).Choose(Pools.Named("a", "b"), Pools.To("b.example"), context, 0));
        }
        Assert.All(counts, count => Assert.InRange(count, 70, 130));
    }

    [Fact]
    public void A_user_is_the_same_from_every_address_and_not_a_client()
    {
        Member[] members = Pools.Named("a", "b", "c");
        Sticky strategy = Create(BindingUnit.User);
        Assert.Single(Enumerable.Range(1, 50).Select(i => strategy.Choose(members, null, Pools.From($"192.0.2.{i}", "alice"), 0)).Distinct());
        Assert.Equal(3, Enumerable.Range(1, 50).Select(i => strategy.Choose(members, null, Pools.From("192.0.2.1", $"user{i}"), 0)).Distinct().Count());
        Assert.Equal(3, Enumerable.Range(1, 50).Select(i => strategy.Choose(members, null, Pools.From($"192.0.2.{i}"), 0)).Distinct().Count());
    }

    [Fact]
    public void A_session_is_the_same_from_every_address_and_belongs_to_its_user()
    {
        Member[] members = Pools.Named("a", "b", "c");
        Sticky strategy = Create(BindingUnit.Header);
        Assert.Single(Enumerable.Range(1, 50).Select(i => Choose($"192.0.2.{i}", "alice", "one")).Distinct());
        Assert.Equal(3, Enumerable.Range(1, 50).Select(i => Choose("192.0.2.1", "alice", $"s{i}")).Distinct().Count());
        Assert.Equal(3, Enumerable.Range(1, 50).Select(i => Choose("192.0.2.1", $"user{i}", "one")).Distinct().Count());
        // Without the field the user counts, without a user the client.
        Assert.Single(Enumerable.Range(1, 50).Select(i => Choose($"192.0.2.{i}", "alice", null)).Distinct());
        Assert.Equal(3, Enumerable.Range(1, 50).Select(i => Choose($"192.0.2.{i}", null, null)).Distinct().Count());

        int Choose(string client, string? user, string? session)
        {
            DialContext context = Pools.From(client, user);
            return strategy.Choose(members, null, context with { Request = context.Request! with { Session = session } }, 0);
        }
    }

    [Fact]
    public void A_client_that_had_to_move_stays_there_for_the_lifetime_since_its_last_connection()
    {
        Member[] members = Pools.Named("a", "b", "c");
        Sticky strategy = Create(BindingUnit.Client);
        DialContext client = Pools.From("192.0.2.1");
        int first = strategy.Choose(members, null, client, 0);
        Member moved = members[(first + 1) % 3];
        strategy.Served(members, moved, client);
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(29));
            Assert.Equal((first + 1) % 3, strategy.Choose(members, null, client, 0));
            strategy.Served(members, moved, client);
        }
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(first, strategy.Choose(members, null, client, 0));
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        Member[] members = Pools.Named("a", "b");
        Sticky strategy = Create(BindingUnit.User);
        DialContext? oldest = null;
        int first = 0;
        for (int i = 0; i < StickyTable.MaxBindings + 1; i++)
        {
            DialContext context = Pools.From("192.0.2.1", $"user{i}");
            int natural = strategy.Choose(members, null, context, 0);
            if (oldest is null) (oldest, first) = (context, natural);
            strategy.Served(members, members[1 - natural], context);
        }
        Assert.Equal(first, strategy.Choose(members, null, oldest!, 0));
        Assert.NotEqual(
            Create(BindingUnit.User).Choose(members, null, Pools.From("192.0.2.1", "user9"), 0),
            strategy.Choose(members, null, Pools.From("192.0.2.1", "user9"), 0));
    }

    [Fact]
    public async Task A_retry_moves_the_client()
    {
        FakeExit[] exits = [new("a", DialFailure.TimedOut), new("b")];
        ExitGroup group = Pools.Of("pool", Create(BindingUnit.Client), 1, exits);
        for (int i = 0; i < 40; i++)
            for (int again = 0; again < 3; again++)
                Assert.Equal("b", (await group.DialAsync(Pools.To("a.example"), Pools.From($"192.0.2.{i}"), default)).Exit!.Name);
        // Each client has met the failing member once at most.
        Assert.InRange(exits[0].Dials, 1, 40);
        Assert.Equal(120, exits[1].Dials);
    }

    private Sticky Create(BindingUnit unit) => new(unit, TimeSpan.FromMinutes(30), new StickyTable(_time));
}
