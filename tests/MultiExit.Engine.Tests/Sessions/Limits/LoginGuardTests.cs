using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sessions.Limits;

/// <summary>When failed logins lock a client out, and for how long.</summary>
public sealed class LoginGuardTests : IDisposable
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.1"), 1234);

    private readonly ManualTimeProvider _time = new();
    private readonly ServerCounters _counters = new();
    private readonly EngineLog _log = new(LogFactory.Create(new LoggingConfig(), console: false));
    private readonly LoginGuard _guard;

    public LoginGuardTests()
    {
        _guard = new LoginGuard(_time, _log, _counters);
        _guard.Apply(new LockoutConfig(3, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)), ["alice"]);
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public void The_last_failure_that_is_allowed_locks_out_until_the_time_is_over()
    {
        Assert.False(Fail());
        Assert.False(Fail());
        Assert.False(_guard.IsLocked(Client.Address));
        Assert.True(Fail());
        Assert.True(_guard.IsLocked(Client.Address));
        Assert.Equal(new LockedClient(Client.Address, _time.GetUtcNow() + TimeSpan.FromMinutes(10)), Assert.Single(_guard.GetLocked()));
        Assert.False(_guard.IsLocked(IPAddress.Parse("192.0.2.2")));
        _guard.Sweep();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(_guard.IsLocked(Client.Address));
        _guard.Sweep();
        Assert.Empty(_guard.GetLocked());
        Assert.False(Fail());
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public void A_clock_that_is_set_neither_prolongs_nor_shortens_a_lockout(int days)
    {
        for (int i = 0; i < 3; i++) Fail();
        _time.WallOffset = TimeSpan.FromDays(days);
        _guard.Sweep();
        Assert.True(_guard.IsLocked(Client.Address));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(10), Assert.Single(_guard.GetLocked()).Until);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(_guard.IsLocked(Client.Address));
    }

    [Fact]
    public void By_default_twenty_failures_lock_a_client_out_for_five_minutes_and_loopback_is_spared()
    {
        _guard.Apply(new LimitsConfig().Lockout, ["alice"]);
        for (int i = 1; i < 20; i++) Assert.False(Fail());
        Assert.True(Fail());
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(_guard.IsLocked(Client.Address));
        foreach (string address in (string[])["127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"])
        {
            IPEndPoint local = new(IPAddress.Parse(address), 1);
            for (int i = 0; i < 100; i++) Assert.False(_guard.Failed("in", local, "alice"));
        }
        _guard.Apply(new LockoutConfig(3, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)), ["alice"]);
        IPEndPoint loopback = new(IPAddress.Loopback, 1);
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => _guard.Failed("in", loopback, "alice")));
    }

    [Fact]
    public void Failures_far_apart_do_not_add_up()
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.False(Fail());
            _time.Advance(TimeSpan.FromSeconds(31));
        }
        Assert.Empty(_guard.GetLocked());
    }

    [Fact]
    public void An_operator_lets_a_client_in_again()
    {
        Assert.False(_guard.Unlock(Client.Address));
        for (int i = 0; i < 3; i++) Fail();
        Assert.True(_guard.Unlock(Client.Address));
        Assert.False(_guard.IsLocked(Client.Address));
        Assert.False(Fail());
    }

    [Fact]
    public void The_addresses_of_an_ipv6_64_fail_together()
    {
        for (int i = 1; i <= 3; i++) _guard.Failed("in", new IPEndPoint(IPAddress.Parse($"2001:db8::{i}"), 1), "alice");
        Assert.True(_guard.IsLocked(IPAddress.Parse("2001:db8::ffff")));
        Assert.False(_guard.IsLocked(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public void A_flood_of_clients_neither_grows_without_bound_nor_frees_who_is_locked_out()
    {
        for (int i = 0; i < 3; i++) Fail();
        for (int i = 0; i < 70_000; i++) _guard.Failed("in", new IPEndPoint(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 1), "-");
        Assert.True(_guard.IsLocked(Client.Address));
    }

    [Fact]
    public void Failures_are_counted_by_inbound_and_by_user_but_not_by_names_that_nobody_has()
    {
        _guard.Failed("in", Client, "alice");
        _guard.Failed("other", Client, "mallory");
        _guard.Failed("other", Client, null);
        Assert.Equal((1, 2, 0), (_guard.FailuresAt("in"), _guard.FailuresAt("other"), _guard.FailuresAt("third")));
        Assert.Equal((1, 0), (_guard.FailuresOf("alice"), _guard.FailuresOf("mallory")));
        Assert.Equal(3, _counters.FailedLogins);
        _guard.Apply(null, []);
        Assert.Equal(1, _guard.FailuresOf("alice"));
    }

    private bool Fail() => _guard.Failed("in", Client, "alice");
}
