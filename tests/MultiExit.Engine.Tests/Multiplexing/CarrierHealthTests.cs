using MultiExit.Engine.DataPath;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>What is told of an exit's carriers, with pools whose carriers the test kills.</summary>
public sealed class CarrierHealthTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();
    private readonly List<CarrierChange> _told = [];
    private readonly CarrierHealth _health;

    public CarrierHealthTests() => _health = new CarrierHealth("hub", _time, (name, change) =>
    {
        Assert.Equal("hub", name);
        lock (_told) _told.Add(change);
    });

    [Fact]
    public async Task An_outage_is_told_once_and_its_end_with_how_long_it_was()
    {
        FakeLine line = new();
        await using CarrierPool<FakeCarrier> pool = Start(line);
        await Wait.UntilAsync(() => pool.Carriers.Count == 1);
        Assert.Equal(new ExitCarriers(1, null, null), _health.GetStatus(1));
        for (int outage = 1; outage <= 2; outage++)
        {
            _time.Advance(Minute);
            DateTimeOffset lost = _time.GetUtcNow();
            line.Failure = new IOException("connection refused");
            pool.Carriers[0].End("no answer to a ping within 10 s");
            await Wait.UntilAsync(() => Told.Length == 2 * outage - 1);
            Assert.Equal("the last one ended (no answer to a ping within 10 s), and another cannot be opened: connection refused", Told[^1].Lost);
            int attempts = line.Attempts;
            await AttemptAsync(line, attempts + 5);
            Assert.Equal(new ExitCarriers(0, lost, "connection refused"), _health.GetStatus(0));
            line.Failure = null;
            await UntilAsync(() => pool.Carriers.Count == 1);
            Assert.Equal(2 * outage, Told.Length);
            Assert.Null(Told[^1].Lost);
            Assert.InRange(Told[^1].Away, TimeSpan.FromMilliseconds(100), _time.GetUtcNow() - lost);
            Assert.Null(_health.GetStatus(1).LostSince);
        }
    }

    [Fact]
    public async Task A_carrier_that_is_replaced_at_once_is_not_told()
    {
        FakeLine line = new();
        await using CarrierPool<FakeCarrier> pool = Start(line);
        await Wait.UntilAsync(() => pool.Carriers.Count == 1);
        _time.Advance(Minute);
        line.Held = new();
        pool.Carriers[0].End("the peer closed the carrier");
        await Wait.UntilAsync(() => line.Attempts == 2);
        Assert.Equal(new ExitCarriers(0, _time.GetUtcNow(), "the peer closed the carrier"), _health.GetStatus(0));
        line.Held.SetResult();
        await Wait.UntilAsync(() => pool.Carriers.Count == 1);
        Assert.Null(_health.GetStatus(1).LostSince);
        Assert.Empty(Told);
    }

    [Fact]
    public async Task A_first_carrier_that_cannot_be_opened_is_told_without_a_request()
    {
        FakeLine line = new() { Failure = new CarrierException(DialFailure.ProxyAuthenticationFailed, "refuses the token (401)") };
        await using CarrierPool<FakeCarrier> pool = Start(line);
        await Wait.UntilAsync(() => Told.Length == 1);
        Assert.Equal(new CarrierChange("refuses the token (401)", TimeSpan.Zero), Told[0]);
        Assert.Equal(new ExitCarriers(0, _time.GetUtcNow(), "refuses the token (401)"), _health.GetStatus(0));
    }

    [Fact]
    public async Task A_server_that_refuses_us_is_asked_again_after_a_minute_at_most_and_by_a_request_at_once()
    {
        FakeLine line = new() { Failure = new CarrierException(DialFailure.ProxyAuthenticationFailed, "refuses the token (401)") };
        await using CarrierPool<FakeCarrier> pool = Start(line);
        await Wait.UntilAsync(() => Told.Length == 1);
        await _time.WaitForTimersAsync(1); // rests
        _time.Advance(Minute / 2 - TimeSpan.FromSeconds(1));
        Assert.Equal(1, line.Attempts);
        await Assert.ThrowsAsync<CarrierException>(() => pool.GetAsync(default).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Equal(2, line.Attempts);
        line.Failure = null;
        _time.Advance(Minute);
        await UntilAsync(() => pool.Carriers.Count == 1);
        Assert.Equal(3, line.Attempts);
        Assert.Equal(2, Told.Length);
        // And a carrier that a request has opened meanwhile is kept as any other.
        _time.Advance(Minute);
        pool.Carriers[0].End();
        await Wait.UntilAsync(() => line.Attempts == 4 && pool.Carriers.Count == 1);
    }

    [Fact]
    public async Task Of_several_addresses_all_have_to_fail()
    {
        FakeLine dead = new() { Failure = new IOException("connection refused") };
        FakeLine slow = new() { Held = new() };
        CarrierWatch watch = new(_health);
        await using CarrierPool<FakeCarrier> first = new(1, dead.ConnectAsync, _time, watch.Add());
        await using CarrierPool<FakeCarrier> second = new(1, slow.ConnectAsync, _time, watch.Add());
        await using CarrierPool<FakeCarrier> unused = new(1, slow.ConnectAsync, _time, watch.Add());
        watch.Begin();
        first.Open();
        second.Open();
        await AttemptAsync(dead, 3);
        Assert.Empty(Told);
        Assert.Null(_health.GetStatus(0).LostSince);
        slow.Failure = new IOException("no answer");
        slow.Held.SetException(new IOException("no answer"));
        await Wait.UntilAsync(() => Told.Length == 1);
        Assert.Equal("no answer", Told[0].Lost);
        slow.Held = null;
        slow.Failure = null;
        await UntilAsync(() => second.Carriers.Count == 1);
        Assert.Equal(2, Told.Length);
        await AttemptAsync(dead, dead.Attempts + 2);
        Assert.Null(_health.GetStatus(1).LostSince);
        Assert.Equal(2, Told.Length);
    }

    [Fact]
    public async Task A_reload_says_again_only_what_has_changed_and_the_outage_goes_on()
    {
        FakeLine line = new() { Failure = new IOException("connection refused") };
        DateTimeOffset lost = _time.GetUtcNow();
        CarrierPool<FakeCarrier> pool = Start(line);
        await Wait.UntilAsync(() => Told.Length == 1);
        foreach ((string failure, int told) in ((string, int)[])[("connection refused", 1), ("no answer", 2)])
        {
            FakeLine next = new() { Failure = new IOException(failure) };
            CarrierPool<FakeCarrier> replaced = pool;
            _time.Advance(Minute);
            pool = Start(next);
            replaced.Retire();
            await AttemptAsync(next, 2);
            Assert.Equal(told, Told.Length);
            Assert.Equal(new ExitCarriers(0, lost, failure), _health.GetStatus(0));
            await replaced.DisposeAsync();
        }
        await using CarrierPool<FakeCarrier> good = Start(new FakeLine());
        pool.Retire();
        await Wait.UntilAsync(() => Told.Length == 3);
        Assert.Equal((null, _time.GetUtcNow() - lost), (Told[2].Lost, Told[2].Away));
        await pool.DisposeAsync();
    }

    [Fact]
    public async Task Pools_that_are_not_in_force_any_more_are_not_heard()
    {
        FakeLine line = new();
        await using CarrierPool<FakeCarrier> pool = Start(line);
        await Wait.UntilAsync(() => pool.Carriers.Count == 1);
        pool.Retire();
        await Wait.UntilAsync(() => pool.Carriers.Count == 0);
        Assert.Equal(new ExitCarriers(0, null, null), _health.GetStatus(0));
        FakeLine failing = new() { Failure = new IOException("connection refused") };
        await using CarrierPool<FakeCarrier> other = Start(failing);
        await Wait.UntilAsync(() => Told.Length == 1);
        // The exit is gone from the configuration.
        _health.Use(null);
        Assert.Equal(new ExitCarriers(0, null, null), _health.GetStatus(0));
        await AttemptAsync(failing, failing.Attempts + 2);
        Assert.Single(Told);
    }

    private CarrierChange[] Told
    {
        get
        {
            lock (_told) return [.. _told];
        }
    }

    private CarrierPool<FakeCarrier> Start(FakeLine line)
    {
        CarrierWatch watch = new(_health);
        CarrierPool<FakeCarrier> pool = new(1, line.ConnectAsync, _time, watch.Add());
        watch.Begin();
        pool.Open();
        return pool;
    }

    private Task AttemptAsync(FakeLine line, int attempts) => UntilAsync(() => line.Attempts >= attempts);

    // Attempts are made after pauses.
    private Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return condition();
    });
}
