using System.Net;
using System.Reflection;
using System.Text.Json;
using MultiExit.Engine.Control;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Records;

/// <summary>What is written is found by all that can be asked for, newest first.</summary>
public sealed class RecordSearchTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private readonly RecordFolder _folder = new();

    [Fact]
    public void A_record_is_found_as_it_was_written_with_each_of_its_fields()
    {
        SessionRecord written = Full();
        Assert.All(typeof(SessionRecord).GetProperties(), property => Assert.False(
            property.GetValue(written) is null or 0L or 0.0 or 0 or "" or System.Collections.ICollection { Count: 0 }, $"{property.Name} is not set here"));
        _folder.Write(written);
        RecordPage page = new RecordSearch(_folder.Path, _ => { }).Run(new RecordQuery(), TimeProvider.System, default);
        SessionRecord read = Assert.Single(page.Records);
        Assert.Equal(JsonSerializer.Serialize(written, ControlJson.Options), JsonSerializer.Serialize(read, ControlJson.Options));
        Assert.Null(page.Next);
    }

    [Fact]
    public void A_record_without_what_it_need_not_have_is_found_as_it_was_written()
    {
        SessionRecord written = RecordFolder.Record(1, Noon) with { Exit = null, Source = null, Outcome = null };
        _folder.Write(written);
        SessionRecord read = Assert.Single(new RecordSearch(_folder.Path, _ => { }).Run(new RecordQuery(), TimeProvider.System, default).Records);
        Assert.Equal(JsonSerializer.Serialize(written, ControlJson.Options), JsonSerializer.Serialize(read, ControlJson.Options));
    }

    [Fact]
    public void Who_left_from_an_address_and_port_is_whoever_had_it_at_that_time()
    {
        _folder.Write(
            RecordFolder.Record(1, Noon.AddHours(-3)), // had the port before
            RecordFolder.Record(2, Noon.AddMinutes(30), seconds: 3600), // from 11:30 to 12:30
            RecordFolder.Record(3, Noon.AddMinutes(31)) with { Source = IPEndPoint.Parse("198.51.100.10:41823") },
            RecordFolder.Record(4, Noon.AddHours(2)),
            RecordFolder.Record(5, Noon.AddDays(2), seconds: 2.5 * 86_400)); // began on the day before and ended two days later
        IPEndPoint source = IPEndPoint.Parse("198.51.100.10:41822");
        Assert.Equal([5, 2], _folder.Find(new RecordQuery { Source = source, At = Noon }));
        Assert.Equal([5, 2], _folder.Find(new RecordQuery { Source = source, At = Noon.AddSeconds(30 * 60 + 59) }));
        Assert.Equal([5], _folder.Find(new RecordQuery { Source = source, At = Noon.AddSeconds(31 * 60 + 1) }));
        Assert.Equal([5, 2], _folder.Find(new RecordQuery { Source = source, At = Noon.AddMinutes(32), Within = TimeSpan.FromMinutes(2) }));
        Assert.Equal([5, 1], _folder.Find(new RecordQuery { Source = source, At = Noon.AddHours(-3) }));
        Assert.Empty(_folder.Find(new RecordQuery { Source = source, At = Noon.AddHours(-13) }));
        Assert.Equal([3], _folder.Find(new RecordQuery { Source = IPEndPoint.Parse("198.51.100.10:41823") }));
    }

    [Fact]
    public void Each_thing_that_can_be_asked_for_leaves_the_others_out()
    {
        SessionRecord usual = RecordFolder.Record(0, Noon);
        _folder.Write(
            usual with { Id = 1, User = "alice" },
            usual with { Id = 2, Source = IPEndPoint.Parse("[2001:db8::1]:5000"), Destination = "[2001:db8::2]:443" },
            usual with { Id = 3, Destination = "Example.com:80", Exit = "wan2" },
            usual with { Id = 4, Destination = "sub.example.com:443", Outcome = SessionOutcome.ConnectionRefused },
            usual with { Id = 5, User = "al'ice", Source = null, Exit = null, Outcome = SessionOutcome.NotAllowed },
            usual with { Id = 6, Source = IPEndPoint.Parse("198.51.100.1:41822"), Destination = "example.com.evil:443" });
        Assert.Equal([6, 5, 4, 3, 2, 1], _folder.Find(new RecordQuery()));
        Assert.Equal([1], _folder.Find(new RecordQuery { User = "alice" }));
        Assert.Equal([5], _folder.Find(new RecordQuery { User = "al'ice" }));
        Assert.Equal([1], _folder.Find(new RecordQuery { User = "Alice" }));
        Assert.Equal([4, 3, 1], _folder.Find(new RecordQuery { Source = IPEndPoint.Parse("198.51.100.10:0") }));
        Assert.Equal([2], _folder.Find(new RecordQuery { Source = IPEndPoint.Parse("[2001:db8::1]:0") }));
        Assert.Equal([2], _folder.Find(new RecordQuery { Source = IPEndPoint.Parse("[2001:db8::1]:5000") }));
        Assert.Equal([5, 3, 1], _folder.Find(new RecordQuery { Destination = "example.com" }));
        Assert.Equal([5, 1], _folder.Find(new RecordQuery { Destination = "EXAMPLE.com:443" }));
        Assert.Equal([2], _folder.Find(new RecordQuery { Destination = "2001:db8::2" }));
        Assert.Equal([2], _folder.Find(new RecordQuery { Destination = "[2001:db8::2]:443" }));
        Assert.Equal([3], _folder.Find(new RecordQuery { Exit = "wan2" }));
        Assert.Equal([5], _folder.Find(new RecordQuery { Outcome = SessionOutcome.NotAllowed }));
        Assert.Equal([1], _folder.Find(new RecordQuery { Destination = "example.com", Outcome = SessionOutcome.Ok, Exit = "wan1" }));
    }

    [Fact]
    public void The_exit_of_a_pool_stands_for_all_of_its_addresses()
    {
        string[] exits = ["wan", "wan@198.51.100.1", "wan@2001:db8::1", "wan2", "wan-a", "WAN_b", "wana", "other"];
        _folder.Write([.. exits.Select((exit, index) => RecordFolder.Record(index, Noon) with { Exit = exit })]);
        Assert.Equal([2, 1, 0], _folder.Find(new RecordQuery { Exit = "wan" }));
        Assert.Equal([1], _folder.Find(new RecordQuery { Exit = "wan@198.51.100.1" }));
    }

    [Fact]
    public void A_period_has_what_ended_in_it()
    {
        _folder.Write([.. Enumerable.Range(0, 96).Select(hour => RecordFolder.Record(hour, Noon.AddHours(hour)))]);
        Assert.Equal(5, _folder.Files.Count(file => !file.Contains("2030", StringComparison.Ordinal)));
        Assert.Equal([12, 11, 10], _folder.Find(new RecordQuery { Since = Noon.AddHours(10), Until = Noon.AddHours(12) }));
        Assert.Equal([95, 94], _folder.Find(new RecordQuery { Since = Noon.AddHours(93.5) }));
        Assert.Equal([1, 0], _folder.Find(new RecordQuery { Until = Noon.AddHours(1) }));
        Assert.Empty(_folder.Find(new RecordQuery { Since = Noon.AddHours(2), Until = Noon.AddHours(1) }));
        Assert.Empty(_folder.Find(new RecordQuery { Since = DateTimeOffset.MaxValue }));
        Assert.Equal(96, _folder.Find(new RecordQuery { Since = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue }).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Pages_have_together_what_one_would_have(int limit)
    {
        // Many at the same moment, and over midnight.
        _folder.Write([.. Enumerable.Range(0, 100).Select(i => RecordFolder.Record(i, Noon.AddHours(i / 10)))]);
        Assert.Equal(Enumerable.Range(0, 100).Reverse().Select(id => (long)id), _folder.Find(new RecordQuery { Limit = limit }));
    }

    [Theory]
    [InlineData("198.51.100.10:41822", "198.51.100.10:41822")]
    [InlineData("198.51.100.10", "198.51.100.10:0")]
    [InlineData("2001:db8::1", "[2001:db8::1]:0")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:0")]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]:80")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1:0")]
    [InlineData("198.51.100.10:0", null)]
    [InlineData("198.51.100.10:65536", null)]
    [InlineData("example.com:80", null)]
    [InlineData("1:80", null)]
    [InlineData("", null)]
    public void A_source_is_an_address_with_or_without_its_port(string text, string? read)
    {
        Assert.Equal(read is not null, RecordQuery.TryParseSource(text, out IPEndPoint? source));
        Assert.Equal(read, source?.ToString());
    }

    public void Dispose() => _folder.Dispose();

    internal static SessionRecord Full() => new()
    {
        Id = 12, Flow = 3, Started = Noon.AddTicks(1234567), Ended = Noon.AddTicks(23456789), Inbound = "proxy", Protocol = "connect", Network = "tcp",
        Client = IPEndPoint.Parse("[2001:db8::9]:50000"), Local = IPEndPoint.Parse("10.0.0.1:1080"), User = "älice",
        Login = "password", SessionKey = "0011223344556677", ProxiedName = "hub.example", ProxiedId = "7f3a",
        Destination = "example.com:443", Resolved = IPAddress.Parse("93.184.216.34"), Rule = 3, Group = "pool", Exit = "wan1",
        Attempts = [new SessionAttempt("dead", 1.5, SessionOutcome.ProxyUnreachable), new SessionAttempt("wan1", 2.25, null)],
        Source = IPEndPoint.Parse("198.51.100.10:41822"), Peer = IPEndPoint.Parse("93.184.216.34:443"), Leads = "target", BytesUp = 1L << 40,
        BytesDown = 5, HandshakeMs = 0.125, RouteMs = 0.001, ResolveMs = 3, DialMs = 4.5, FirstByteUpMs = 5.25, FirstByteMs = 6.75, DurationMs = 2222.222,
        Outcome = SessionOutcome.TargetReset, Detail = "it said \"no\"",
    };
}
