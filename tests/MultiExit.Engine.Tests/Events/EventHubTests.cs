using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Events;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Events;

public sealed class EventHubTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly EventHub _hub;

    public EventHubTests() => _hub = new EventHub(_time);

    [Fact]
    public void The_names_of_configurations_are_those_of_the_table() =>
        Assert.Equal(EventNames.All, EventTypes.All.Order(StringComparer.Ordinal));

    [Fact]
    public void Of_an_exit_that_flaps_the_last_state_is_told_with_the_number_of_those_before()
    {
        using EventSubscription listener = _hub.Subscribe();
        Publish("MX3002", "wan1");
        for (int i = 0; i < 4; i++)
        {
            Publish("MX3003", "wan1");
            Publish("MX3002", "wan1");
        }
        Publish("MX3003", "wan1");
        Publish("MX3002", "wan2");
        Assert.Equal([("exit-down", "wan1", 0), ("exit-down", "wan2", 0)], Read(listener));
        _time.Advance(EventThrottle.Window - TimeSpan.FromMilliseconds(1));
        _hub.Sweep();
        Assert.Empty(Read(listener));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _hub.Sweep();
        Assert.Equal([("exit-up", "wan1", 8)], Read(listener));
        _time.Advance(EventThrottle.Window);
        _hub.Sweep();
        Publish("MX3002", "wan1");
        Assert.Equal([("exit-down", "wan1", 0)], Read(listener));
    }

    [Fact]
    public void Warnings_of_one_kind_about_different_things_are_all_told()
    {
        using EngineLog log = new(LogFactory.Create(new LoggingConfig(), console: false, null, new EventSink(_hub)));
        using EventSubscription listener = _hub.Subscribe();
        foreach (string inbound in (string[])["a", "b", "c"]) log.Warn(Warnings.Certificate($"inbound {inbound}", "the certificate expired"));
        List<string> told = [];
        while (listener.Waiting.TryRead(out ServerEvent? next)) told.Add($"{next.Type} {next.Message}");
        Assert.Equal([.. "abc".Select(inbound => $"certificate inbound {inbound}: the certificate expired")], told);
    }

    [Fact]
    public void A_listener_that_comes_back_gets_what_it_missed()
    {
        for (int i = 1; i <= 5; i++) Publish("MX3002", $"wan{i}");
        using EventSubscription again = _hub.Subscribe(after: 3);
        Assert.Equal(["wan4", "wan5"], Read(again).Select(told => told.Exit));
        // The number is of an earlier life of the server.
        using EventSubscription older = _hub.Subscribe(after: 99);
        Assert.Equal(5, Read(older).Count);
        using EventSubscription next = _hub.Subscribe();
        Assert.Empty(Read(next));
    }

    [Fact]
    public void A_listener_gets_the_types_that_it_asks_for()
    {
        using EventSubscription listener = _hub.Subscribe(types: ["exit-up"]);
        Publish("MX3002", "wan1");
        Publish("MX3003", "wan2");
        Assert.Equal(["exit-up"], Read(listener).Select(told => told.Type));
    }

    [Fact]
    public void A_listener_that_does_not_read_holds_nobody_up_and_learns_how_many_it_missed()
    {
        using EventSubscription listener = _hub.Subscribe();
        for (int i = 0; i < EventSubscription.Capacity + 7; i++) Publish("MX3002", $"wan{i}");
        Assert.Equal(EventSubscription.Capacity, Read(listener).Count);
        Assert.Equal(7, listener.TakeMissed());
        Assert.Equal(0, listener.TakeMissed());
    }

    [Fact]
    public async Task Who_listens_behind_the_end_of_the_server_gets_what_is_kept_and_the_end()
    {
        Publish("MX3002", "wan1");
        _hub.Close();
        using EventSubscription late = _hub.Subscribe(after: 0);
        Assert.Equal(["exit-down"], Read(late).Select(told => told.Type));
        Assert.False(await late.Waiting.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public void An_event_comes_whatever_the_level_of_the_log_is()
    {
        MemoryLog memory = new();
        using EngineLog log = new(LogFactory.Create(new LoggingConfig { Level = LogLevel.Error }, console: false, memory, new EventSink(_hub)));
        using EventSubscription listener = _hub.Subscribe();
        log.ExitUp("wan1", "the probe succeeded");
        Assert.Equal([("exit-up", "wan1", 0)], Read(listener));
        Assert.Empty(memory.Read(new LogQuery()));
    }

    private void Publish(string id, string exit) => _hub.Publish(
        new LogEntry(DateTimeOffset.UnixEpoch, LogLevel.Warning, id, "…", new Dictionary<string, string>(StringComparer.Ordinal) { ["Exit"] = exit }));

    private static List<(string Type, string Exit, int Repeated)> Read(EventSubscription listener)
    {
        List<(string, string, int)> told = [];
        while (listener.Waiting.TryRead(out ServerEvent? next)) told.Add((next.Type, next.Properties["Exit"], next.Repeated));
        return told;
    }
}
