using System.Net;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Diagnostics;

public sealed class AccessLogTests : IDisposable
{
    private static readonly SessionRecord Session = new()
    {
        Id = 17, Started = DateTimeOffset.UnixEpoch, Ended = DateTimeOffset.UnixEpoch.AddSeconds(1), Inbound = "proxy", Protocol = "socks5", Network = "tcp",
        Client = new(IPAddress.Parse("203.0.113.5"), 50412), Local = new(IPAddress.Loopback, 1080), User = "a\n\"\u202eb", Destination = "bücher.example:80",
        Source = new(IPAddress.Parse("198.51.100.10"), 41822), Exit = "wan1", Outcome = SessionOutcome.Ok, DurationMs = 1000,
        Attempts = [new("wan2", 5000, SessionOutcome.TimedOut), new("wan1", 20, null)],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_json_log_has_the_fields_of_the_control_socket_in_one_line()
    {
        string line = Assert.Single(Write(new(_folder["access.json"]) { Format = AccessFormat.Json }, Session));
        JsonElement record = JsonDocument.Parse(line).RootElement;
        Assert.Equal("198.51.100.10:41822", record.GetProperty("source").GetString());
        Assert.Equal("1970-01-01T00:00:01+00:00", record.GetProperty("ended").GetString());
        Assert.Equal("ok", record.GetProperty("outcome").GetString());
        Assert.Equal("TimedOut", record.GetProperty("attempts")[0].GetProperty("failure").GetString());
        Assert.Equal(JsonValueKind.Null, record.GetProperty("rule").ValueKind);
        Assert.Equal(Session.User, record.GetProperty("user").GetString());
        // Read on a terminal: letters are letters, and what changes the direction of text is escaped.
        Assert.Contains("bücher.example:80", line, StringComparison.Ordinal);
        Assert.Contains(@"\u202E", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_json_line_is_what_the_serializer_makes_of_the_record()
    {
        SessionRecord full = Session with
        {
            Flow = 3, Client = IPEndPoint.Parse("[fe80::1%2]:65535"), Login = "key:laptop", SessionKey = "0011", ProxiedName = "hub.example",
            ProxiedId = "7f3a", Resolved = IPAddress.Parse("2001:db8::5"), Rule = 3, Group = "pool", Peer = IPEndPoint.Parse("192.0.2.5:1"),
            Leads = "target", BytesUp = 1L << 40, BytesDown = 5, HandshakeMs = 0.125, RouteMs = 0.001, ResolveMs = 3, DialMs = 1e-7,
            FirstByteUpMs = 5.25, FirstByteMs = 6.75, Detail = "it said \"no\"",
        };
        SessionRecord none = new()
        {
            Id = 1, Started = DateTimeOffset.UnixEpoch.AddTicks(1), Inbound = "", Protocol = "", Network = "", Destination = "",
            Client = new(IPAddress.IPv6Loopback, 0), Local = new(IPAddress.Any, 0),
        };
        SessionRecord[] records = [full, none, .. Enum.GetValues<SessionOutcome>().Select(outcome => none with { Outcome = outcome })];
        Assert.Equal(records.Select(RecordJson.Of), Write(new(_folder["access.json"]) { Format = AccessFormat.Json }, records));
    }

    [Fact]
    public void Every_field_of_a_record_is_in_its_json_line()
    {
        string line = Assert.Single(Write(new(_folder["access.json"]) { Format = AccessFormat.Json }, Session));
        Assert.Equal(typeof(SessionRecord).GetProperties().Length, JsonDocument.Parse(line).RootElement.EnumerateObject().Count());
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(0.25, 250)]
    [InlineData(0.0001, 0)]
    public void A_sample_is_the_exact_share_of_what_went_well_and_all_of_the_rest(double share, int expected)
    {
        SessionRecord failed = Session with { Outcome = SessionOutcome.TimedOut };
        IReadOnlyList<string> lines = Write(new(_folder["access.log"]) { Sample = share }, [.. Enumerable.Repeat(Session, 1000), failed, failed]);
        Assert.Equal(expected, lines.Count(line => line.Contains(" ok ", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(line => line.Contains(" TimedOut ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_line_about_lost_lines_is_json_too()
    {
        using StringWriter text = new();
        new JsonLineFormatter().Format(new(DateTimeOffset.UnixEpoch, Serilog.Events.LogEventLevel.Warning, null,
            new Serilog.Parsing.MessageTemplateParser().Parse("MX1051 {Lost} \"messages\""), [new("Lost", new Serilog.Events.ScalarValue(3))]), text);
        JsonElement line = JsonDocument.Parse(text.ToString()).RootElement;
        Assert.Equal("MX1051 3 \"messages\"", line.GetProperty("message").GetString());
        Assert.Equal("1970-01-01T00:00:00+00:00", line.GetProperty("time").GetString());
    }

    [Fact]
    public void A_document_names_the_file_the_format_and_the_sample()
    {
        GatewayConfig config = ConfigAssert.Valid(
            "inbounds: [{ name: in, type: socks5, listen: \"127.0.0.1:0\" }]\nlogging: { access: { file: /a.json, format: json, sample: 0.1 } }");
        Assert.Equal(new AccessLogConfig("/a.json") { Format = AccessFormat.Json, Sample = 0.1 }, config.Logging.Access);
    }

    [Fact]
    public async Task A_file_that_was_cut_in_place_goes_on_without_a_hole()
    {
        using EngineLog log = new(LogFactory.Create(new LoggingConfig { Access = new(_folder["access.json"]) { Format = AccessFormat.Json } }, console: false));
        log.SessionEnded(Session);
        await Wait.UntilAsync(() => Files().Sum(file => new FileInfo(file).Length) > 0);
        using (FileStream file = new(Assert.Single(Files()), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(0); // as copytruncate does
        log.SessionEnded(Session with { Id = 18 });
        log.Dispose();
        Assert.Equal(18, JsonDocument.Parse(Assert.Single(File.ReadAllLines(Assert.Single(Files())))).RootElement.GetProperty("id").GetInt64());
    }

    private string[] Files() => Directory.GetFiles(_folder.Path, "access*");

    private List<string> Write(AccessLogConfig config, params SessionRecord[] sessions)
    {
        using (EngineLog log = new(LogFactory.Create(new LoggingConfig { Access = config }, console: false)))
            foreach (SessionRecord session in sessions) log.SessionEnded(session);
        return [.. Files().SelectMany(File.ReadAllLines)];
    }
}
