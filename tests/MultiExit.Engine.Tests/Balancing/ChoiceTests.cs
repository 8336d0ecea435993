using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

/// <summary>Groups whose client has chosen among their members.</summary>
public sealed class ChoiceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeExit _de1 = new("de1", country: "DE"), _de2 = new("de2", country: "DE"), _fr = new("fr1", country: "FR"), _none = new("none");
    private readonly ExitGroup _inner;
    private readonly ExitGroup _outer;

    public ChoiceTests()
    {
        _inner = Pools.Of("inner", new RoundRobin(), 3, _de1, _fr);
        _outer = Pools.Of("outer", new RoundRobin(), 3, _inner, _de2, _none);
    }

    [Theory]
    [InlineData("fr1", null, "fr1")]
    [InlineData("none", null, "none")]
    [InlineData("inner", null, "de1 fr1")]
    [InlineData("outer", null, "de1 de2 fr1 none")]
    [InlineData(null, "DE", "de1 de2")]
    [InlineData(null, "FR", "fr1")]
    [InlineData("inner", "DE", "de1")]
    [InlineData("outer", "DE", "de1 de2")]
    public async Task Only_the_exits_that_the_client_wants_are_dialed(string? exit, string? country, string served)
    {
        NameChoice choice = new() { Exit = exit, Country = country };
        Assert.Null(ExitChoices.Refusal(choice, _outer));
        HashSet<string> names = [];
        for (int i = 0; i < 12; i++)
        {
            DialContext context = Pools.From("192.0.2.1") with { Choice = choice };
            names.Add((await _outer.DialAsync(Pools.To("a.example"), context, default)).Exit!.Name);
        }
        for (int i = 0; i < 12; i++)
        {
            DialContext context = Pools.From("192.0.2.1") with { Choice = choice };
            UdpOpenResult flow = await _outer.OpenUdpAsync(context, default);
            Assert.Contains(flow.Exit!.Name, served.Split(' '));
            IExit? chosen = _outer.Choose(Pools.To("a.example"), null, context);
            Assert.True(ExitChoices.Admits(choice, chosen!, ExitChoices.IsWithin(choice, _outer)));
        }
        Assert.Equal(served, string.Join(' ', names.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("wan9", null, "exit=wan9 in the user name: the rule leads to the group outer, where no exit is so")]
    [InlineData(null, "US", "country=US in the user name: the rule leads to the group outer, where no exit is so")]
    [InlineData("fr1", "DE", "exit=fr1 country=DE in the user name: the rule leads to the group outer, where no exit is so")]
    public void Another_exit_is_refused(string? exit, string? country, string reason) =>
        Assert.Equal(reason, ExitChoices.Refusal(new NameChoice { Exit = exit, Country = country }, _outer));

    [Fact]
    public void An_exit_that_the_rule_names_itself_is_chosen_by_its_name_and_its_country()
    {
        Assert.Null(ExitChoices.Refusal(new NameChoice { Exit = "fr1", Country = "FR" }, _fr));
        Assert.NotNull(ExitChoices.Refusal(new NameChoice { Exit = "fr2" }, _fr));
        Assert.NotNull(ExitChoices.Refusal(new NameChoice { Country = "DE" }, _none));
        Assert.Null(ExitChoices.Refusal(new NameChoice { Session = "7" }, _none));
    }

    [Fact]
    public async Task A_retry_stays_among_the_exits_that_the_client_wants()
    {
        _de1.Failure = _de2.Failure = DialFailure.ProxyUnreachable;
        DialContext context = Pools.From("192.0.2.1") with { Choice = new NameChoice { Country = "DE" } };
        Assert.False((await _outer.DialAsync(Pools.To("a.example"), context, default)).Succeeded);
        Assert.Equal((1, 1, 0, 0), (_de1.Dials, _de2.Dials, _fr.Dials, _none.Dials));
    }

    [Fact]
    public async Task A_chosen_exit_that_is_disabled_is_not_replaced_by_another()
    {
        ExitGroup group = new("g", Pools.Members([_de1, _de2]), new RoundRobin(), 3, TimeProvider.System, AllDownPolicy.Fail);
        group.Members[0].State.Disabled = true;
        DialContext context = Pools.From("192.0.2.1") with { Choice = new NameChoice { Exit = "de1" } };
        DialResult dial = await group.DialAsync(Pools.To("a.example"), context, default);
        Assert.Equal((DialFailure.General, 0), (dial.Failure, _de2.Dials));
        Assert.Contains("every member is disabled", dial.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_choice_of_a_client_does_not_reach_the_way_to_a_proxy() =>
        Assert.Null((Pools.From("192.0.2.1") with { Choice = new NameChoice { Exit = "de1" } }).ForProxyServer().Choice);

    [Fact]
    public void A_session_that_is_limited_to_some_exits_leaves_its_binding_among_all_alone()
    {
        StickyTable table = new(_time);
        Sticky strategy = new(BindingUnit.Header, TimeSpan.FromMinutes(30), table, remembersAll: true);
        Member[] all = Pools.Members([_de1, _de2, _fr, _none]);
        strategy.Served(all, all[3], Session("7"));
        Assert.Equal(3, strategy.Choose(all, null, Session("7"), 0));
        Member[] german = all[..2];
        DialContext limited = Session("7") with { Choice = new NameChoice { Session = "7", Country = "DE" } };
        strategy.Served(german, german[strategy.Choose(german, null, limited, 0)], limited);
        Assert.Equal(3, strategy.Choose(all, null, Session("7"), 0));
    }

    [Fact]
    public void A_binding_lasts_as_long_as_the_client_says_and_those_of_others_as_the_group_says()
    {
        StickyTable table = new(_time);
        Sticky strategy = new(BindingUnit.Header, TimeSpan.FromMinutes(30), table, remembersAll: true);
        Member[] members = Pools.Members([_de1, _de2, _fr]);
        int shortLived = Moved(members, "short"), group = Moved(members, "group"), longLived = Moved(members, "long");
        strategy.Served(members, members[longLived], Session("long", TimeSpan.FromHours(2)));
        strategy.Served(members, members[group], Session("group"));
        strategy.Served(members, members[shortLived], Session("short", TimeSpan.FromMinutes(1)));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(shortLived, strategy.Choose(members, null, Session("short"), 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(shortLived, strategy.Choose(members, null, Session("short"), 0));
        Assert.Equal(group, strategy.Choose(members, null, Session("group"), 0));
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.NotEqual(group, strategy.Choose(members, null, Session("group"), 0));
        Assert.Equal(longLived, strategy.Choose(members, null, Session("long"), 0));

        // A member that is not the first choice of the session.
        int Moved(Member[] of, string session) => (new Sticky(BindingUnit.Header, TimeSpan.FromMinutes(30), new StickyTable(_time))
            .Choose(of, null, Session(session), 0) + 1) % of.Length;
    }

    private static DialContext Session(string session, TimeSpan? ttl = null)
    {
        DialContext context = Pools.From("192.0.2.1", "alice");
        return context with { Request = context.Request! with { Session = session, Choice = new NameChoice { Session = session, Ttl = ttl } } };
    }
}
