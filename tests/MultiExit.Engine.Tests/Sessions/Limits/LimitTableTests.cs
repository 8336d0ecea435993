using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sessions.Limits;

/// <summary>The sessions that users may open.</summary>
public sealed class LimitTableTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly LimitTable _limits;
    private readonly SessionTable _sessions;

    public LimitTableTests()
    {
        _limits = new LimitTable(_time, new UsageLedger(_time));
        _sessions = new SessionTable(_time, _limits);
    }

    [Fact]
    public void A_user_has_so_many_sessions_and_gets_ended_ones_back()
    {
        _limits.Apply(new LimitsConfig { PerUser = new ScopeLimits { Connections = 2 } });
        Session first = Open("alice", out string? refusal);
        Assert.Null(refusal);
        Open("alice", out refusal);
        Assert.Null(refusal);
        Session third = Open("alice", out refusal);
        Assert.Equal("alice has its 2 connections", refusal);
        third.Dispose();
        Open("bob", out refusal);
        Assert.Null(refusal);
        first.Dispose();
        Open("alice", out refusal);
        Assert.Null(refusal);
    }

    [Fact]
    public void Two_users_of_one_name_do_not_share_their_limits()
    {
        _limits.Apply(new LimitsConfig { PerUser = new ScopeLimits { Connections = 1, NewPerSecond = 1 } });
        Open("alice", out string? refusal);
        Assert.Null(refusal);
        Session other = Open("alice", out refusal, UserAccount.Of("edge.auth", "alice"));
        Assert.Null(refusal);
        Open("alice", out refusal, UserAccount.Of("edge.auth", "alice"));
        Assert.Equal("alice has its 1 connection", refusal);
        other.AddUp(7);
        Assert.Equal([("alice", 3L, 7L)], _sessions.GetUsers().Select(user => (user.Name, user.TotalSessions, user.BytesUp)));
        Assert.Equal([0L, 7L], _sessions.GetAccounts().Select(user => user.BytesUp).Order());
    }

    [Fact]
    public void Who_has_no_name_has_no_limits_of_a_user()
    {
        _limits.Apply(new LimitsConfig { PerUser = new ScopeLimits { Connections = 1, NewPerSecond = 1 } });
        for (int i = 0; i < 5; i++)
        {
            Open(null, out string? refusal);
            Assert.Null(refusal);
        }
    }

    [Fact]
    public void A_user_opens_a_seconds_worth_at_once_and_then_evenly()
    {
        _limits.Apply(new LimitsConfig { PerUser = new ScopeLimits { NewPerSecond = 5 } });
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => Opens("alice")));
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(2, Enumerable.Range(0, 20).Count(_ => Opens("alice")));
        _time.Advance(TimeSpan.FromHours(1));
        _limits.Sweep();
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => Opens("alice")));
    }

    [Fact]
    public void New_bandwidth_holds_for_live_sessions_too()
    {
        Session session = Open("alice", out _);
        Assert.False(session.Pace!.LimitsDown);
        _limits.Apply(new LimitsConfig { Users = new Dictionary<string, ScopeLimits>(StringComparer.Ordinal) { ["alice"] = new() { Bandwidth = 1_000_000 } } });
        Assert.True(session.Pace.LimitsDown && session.Pace.LimitsUp);
        Assert.Equal(50_000, session.Pace.Quantum(up: true));
        _limits.Apply(new LimitsConfig());
        Assert.False(session.Pace.LimitsDown);
    }

    [Fact]
    public void The_addresses_of_an_ipv6_64_are_one_client()
    {
        Assert.Equal(IPAddress.Parse("2001:db8:1:2::"), ClientPrefix.Of(IPAddress.Parse("2001:db8:1:2:3:4:5:6")));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), ClientPrefix.Of(IPAddress.Parse("::ffff:192.0.2.1")));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), ClientPrefix.Of(IPAddress.Parse("192.0.2.1")));
    }

    private bool Opens(string user)
    {
        using Session session = Open(user, out string? refusal);
        return refusal is null;
    }

    private Session Open(string? user, out string? refusal, string? account = null)
    {
        Session session = _sessions.Open(new RequestInfo
        {
            Inbound = "in",
            User = user,
            Account = account,
            Client = new IPEndPoint(IPAddress.Loopback, 1),
            Local = new IPEndPoint(IPAddress.Loopback, 2),
            Destination = Destination.FromAddress(IPAddress.Loopback, 3),
        });
        refusal = _limits.Enter(session);
        return session;
    }
}
