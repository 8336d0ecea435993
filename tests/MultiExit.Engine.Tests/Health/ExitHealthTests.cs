using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Health;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Health;

/// <summary>The effect of probes and dials on an exit's state.</summary>
public sealed class ExitHealthTests
{
    private static readonly HealthConfig Probed = new() { Target = HealthTarget.Parse("tcp://192.0.2.1:443"), Fall = 3, Rise = 2, EjectAfter = 2 };
    private static readonly HealthConfig Unprobed = new() { EjectAfter = 2, EjectFor = TimeSpan.FromSeconds(30) };

    private readonly ManualTimeProvider _time = new();
    private readonly List<ExitHealthStatus> _changes = [];
    private readonly ExitHealth _health;

    public ExitHealthTests() => _health = new ExitHealth("wan1", _time, (_, status) => _changes.Add(status));

    [Theory]
    [InlineData("--", true)]
    [InlineData("--+--+--", true)] // never three in a row
    [InlineData("---", false)]
    [InlineData("---+", false)]
    [InlineData("---+-+-+", false)] // never two good ones in a row
    [InlineData("---++", true)]
    [InlineData("---++--", true)]
    [InlineData("---++---", false)]
    public void Only_runs_of_probes_change_it(string probes, bool up)
    {
        _health.Use(Probed);
        foreach (char probe in probes) Probe(probe == '+');
        Assert.Equal(up, _health.IsUp);
        Assert.Equal(probes.Count(c => c == '-') < 3 || probes.StartsWith("--+", StringComparison.Ordinal)
            ? 0 : 1 + (probes.Contains("++", StringComparison.Ordinal) ? 1 : 0)
            + (probes.EndsWith("++---", StringComparison.Ordinal) ? 1 : 0), _changes.Count);
    }

    [Fact]
    public void What_a_server_said_turns_no_table_around()
    {
        ExitState exit = new("wan1");
        exit.Health.Use(Probed);
        exit.Health.Probed(Probed, new ExitProbe("wan1", "t", default, default, null, "a\u202eb\nc"));
        Assert.Equal("a\\u202Eb\\u000Ac", exit.Health.Status.LastProbe!.Error);
        exit.DialFailed(DialFailure.ProxyProtocolError, "a\u202eb");
        exit.DialFailed(DialFailure.ProxyProtocolError, "a\u202eb");
        Assert.Equal("a\\u202Eb", exit.LastError);
        Assert.EndsWith("a\\u202Eb", exit.Health.Status.Reason!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_says_why_and_since_when()
    {
        _health.Use(Probed);
        Assert.Equal(new ExitHealthStatus(ExitHealthState.Unknown, "not probed yet", null, null), _health.Status);
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Probe(false);
        }
        ExitHealthStatus status = _health.Status;
        Assert.Equal(ExitHealthState.Down, status.State);
        Assert.Equal("3 failed probes in a row of tcp://192.0.2.1:443: wan1: it fails", status.Reason);
        Assert.Equal(_time.GetUtcNow(), status.Since);
        Assert.Equal("wan1: it fails", status.LastProbe!.Error);
        Assert.Equal(status, Assert.Single(_changes));
    }

    [Fact]
    public void It_is_up_once_a_probe_has_succeeded_and_used_before()
    {
        _health.Use(Probed);
        _health.DialSucceeded();
        Probe(false);
        Assert.True(_health.IsUp);
        Assert.Equal((ExitHealthState.Unknown, "no probe has succeeded yet: wan1: it fails"), (_health.Status.State, _health.Status.Reason));
        Probe(true);
        Assert.Equal((ExitHealthState.Up, null), (_health.Status.State, _health.Status.Reason));
        Probe(false);
        Assert.Equal(ExitHealthState.Up, _health.Status.State);
        Assert.Empty(_changes);
        // Another interval asks for no other proof, another target does.
        _health.Use(Probed with { Interval = TimeSpan.FromHours(1) });
        Assert.Equal(ExitHealthState.Up, _health.Status.State);
        _health.Use(Probed with { Target = HealthTarget.Parse("tcp://192.0.2.2:443") });
        Assert.Equal(ExitHealthState.Unknown, _health.Status.State);
    }

    [Fact]
    public void Without_probes_a_dial_proves_it()
    {
        _health.Use(Unprobed);
        Assert.Equal((ExitHealthState.Unknown, "no dial has reached its target yet"), (_health.Status.State, _health.Status.Reason));
        _health.DialSucceeded();
        Assert.Equal(ExitHealthState.Up, _health.Status.State);
        _health.Use(null);
        _health.Use(Unprobed);
        Assert.Equal(ExitHealthState.Unknown, _health.Status.State);
    }

    [Fact]
    public void What_is_down_stays_down_over_a_reload_and_other_settings()
    {
        _health.Use(Probed);
        for (int i = 0; i < 3; i++) Probe(false);
        HealthConfig other = Probed with { Target = HealthTarget.Parse("tcp://192.0.2.2:443"), Rise = 1 };
        _health.Use(other);
        Assert.False(_health.IsUp);
        Probe(true); // of the old target: it has no meaning any more
        Assert.False(_health.IsUp);
        _health.Probed(other, Result(true));
        Assert.True(_health.IsUp);
    }

    [Fact]
    public void Without_a_check_nothing_is_down()
    {
        _health.DialFailed("it fails");
        _health.Use(Probed);
        for (int i = 0; i < 3; i++) Probe(false);
        _health.Use(null);
        Assert.True(_health.IsUp);
        Assert.Equal(ExitHealthState.NoCheck, _health.Status.State);
    }

    [Fact]
    public void Dials_in_a_row_take_it_out_and_a_good_one_between_them_does_not()
    {
        _health.Use(Unprobed);
        _health.DialFailed("a");
        _health.DialSucceeded();
        _health.DialFailed("b");
        Assert.True(_health.IsUp);
        _health.DialFailed("c");
        Assert.False(_health.IsUp);
        Assert.Equal("2 failed dials in a row: c", _health.Status.Reason);
    }

    [Fact]
    public void Trials_come_ever_later_and_a_good_dial_ends_them()
    {
        _health.Use(Unprobed);
        _health.DialFailed("a");
        _health.DialFailed("a");
        foreach (int seconds in (int[])[30, 60, 120, 240, 480, 480])
        {
            _time.Advance(TimeSpan.FromSeconds(seconds - 1));
            Assert.False(_health.IsUp);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_health.IsUp);
            Assert.Equal(ExitHealthState.Unknown, _health.Status.State);
            Assert.StartsWith("on trial", _health.Status.Reason, StringComparison.Ordinal);
            _health.DialFailed("still");
        }
        Assert.Single(_changes);
        _time.Advance(TimeSpan.FromSeconds(480));
        _health.DialSucceeded();
        Assert.Equal([ExitHealthState.Down, ExitHealthState.Up], _changes.Select(change => change.State));
        _health.DialFailed("a");
        _health.DialFailed("a");
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(_health.IsUp);
    }

    [Fact]
    public void With_probes_they_alone_bring_back_what_dials_took_out()
    {
        _health.Use(Probed);
        _health.DialFailed("a");
        _health.DialFailed("a");
        _time.Advance(TimeSpan.FromDays(1));
        _health.DialSucceeded();
        Assert.False(_health.IsUp);
        Probe(true);
        Probe(true);
        Assert.True(_health.IsUp);
    }

    private void Probe(bool good) => _health.Probed(Probed, Result(good));

    private ExitProbe Result(bool good) => new("wan1", "tcp://192.0.2.1:443", _time.GetUtcNow(), TimeSpan.Zero, null, good ? null : "wan1: it fails");
}
