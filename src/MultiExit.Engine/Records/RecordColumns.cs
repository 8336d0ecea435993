using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>The columns of the table of records, one a field of <see cref="SessionRecord"/>. A file that an earlier version began lacks some: they
/// are added when it is written, and read as null. New ones go to the end.</summary>
internal static class RecordColumns
{
    private static readonly List<RecordColumn> Columns = [];

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public static readonly RecordColumn Ended = Add("ended", "INTEGER", (record, row) => row.Add(record.Ended is { } ended ? ToTicks(ended) : (long?)null));
    public static readonly RecordColumn Started = Add("started", "INTEGER", (record, row) => row.Add(ToTicks(record.Started)));
    public static readonly RecordColumn Source = Add("source", "TEXT", (record, row) => row.Add(record.Source));
    public static readonly RecordColumn User = Add("user", "TEXT COLLATE NOCASE", (record, row) => row.Add(record.User));
    public static readonly RecordColumn Destination = Add("destination", "TEXT COLLATE NOCASE", (record, row) => row.Add(record.Destination));
    public static readonly RecordColumn Exit = Add("exit", "TEXT COLLATE NOCASE", (record, row) => row.Add(record.Exit));
    public static readonly RecordColumn Outcome = Add("outcome", "TEXT", (record, row) => row.Add(record.Outcome?.Word()));
    private static readonly RecordColumn Id = Add("id", "INTEGER", (record, row) => row.Add(record.Id));
    private static readonly RecordColumn Inbound = Add("inbound", "TEXT", (record, row) => row.Add(record.Inbound));
    private static readonly RecordColumn Protocol = Add("protocol", "TEXT", (record, row) => row.Add(record.Protocol));
    private static readonly RecordColumn Network = Add("network", "TEXT", (record, row) => row.Add(record.Network));
    private static readonly RecordColumn Client = Add("client", "TEXT", (record, row) => row.Add(record.Client));
    private static readonly RecordColumn Local = Add("local", "TEXT", (record, row) => row.Add(record.Local));
    private static readonly RecordColumn Login = Add("login", "TEXT", (record, row) => row.Add(record.Login));
    private static readonly RecordColumn Resolved = Add("resolved", "TEXT", (record, row) => row.Add(record.Resolved));
    private static readonly RecordColumn Rule = Add("rule", "INTEGER", (record, row) => row.Add(record.Rule));
    private static readonly RecordColumn Group = Add("group", "TEXT", (record, row) => row.Add(record.Group));
    public static readonly RecordColumn Attempts = Add("attempts", "TEXT", (record, row) => row.Add(record.Attempts));
    private static readonly RecordColumn Peer = Add("peer", "TEXT", (record, row) => row.Add(record.Peer));
    private static readonly RecordColumn Leads = Add("leads", "TEXT", (record, row) => row.Add(record.Leads));
    private static readonly RecordColumn BytesUp = Add("bytes_up", "INTEGER", (record, row) => row.Add(record.BytesUp));
    private static readonly RecordColumn BytesDown = Add("bytes_down", "INTEGER", (record, row) => row.Add(record.BytesDown));
    private static readonly RecordColumn HandshakeMs = Add("handshake_ms", "REAL", (record, row) => row.Add(record.HandshakeMs));
    private static readonly RecordColumn RouteMs = Add("route_ms", "REAL", (record, row) => row.Add(record.RouteMs));
    private static readonly RecordColumn ResolveMs = Add("resolve_ms", "REAL", (record, row) => row.Add(record.ResolveMs));
    private static readonly RecordColumn DialMs = Add("dial_ms", "REAL", (record, row) => row.Add(record.DialMs));
    private static readonly RecordColumn FirstByteUpMs = Add("first_byte_up_ms", "REAL", (record, row) => row.Add(record.FirstByteUpMs));
    private static readonly RecordColumn FirstByteMs = Add("first_byte_ms", "REAL", (record, row) => row.Add(record.FirstByteMs));
    private static readonly RecordColumn DurationMs = Add("duration_ms", "REAL", (record, row) => row.Add(record.DurationMs));
    private static readonly RecordColumn Detail = Add("detail", "TEXT", (record, row) => row.Add(record.Detail));

    private static readonly RecordColumn Flow = Add("flow", "INTEGER", (record, row) => row.Add(record.Flow));
    private static readonly RecordColumn SessionKey = Add("session_key", "TEXT", (record, row) => row.Add(record.SessionKey));
    private static readonly RecordColumn ProxiedName = Add("proxied_name", "TEXT", (record, row) => row.Add(record.ProxiedName));
    private static readonly RecordColumn ProxiedId = Add("proxied_id", "TEXT", (record, row) => row.Add(record.ProxiedId));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RecordColumn> All => Columns;

    /// <summary>A record as it was written.</summary>
    /// <exception cref="FormatException">The row is none of a record.</exception>
    public static SessionRecord Read(RecordRow row) => new()
    {
        Id = row.Integer(Id) ?? 0,
        Flow = (int?)row.Integer(Flow),
        Started = FromTicks(row.Integer(Started)) ?? throw new FormatException("no start"),
        Ended = FromTicks(row.Integer(Ended)),
        Inbound = row.Text(Inbound) ?? "",
        Protocol = row.Text(Protocol) ?? "",
        Network = row.Text(Network) ?? "",
        Client = EndPoint(row.Text(Client)) ?? throw new FormatException("no client"),
        Local = EndPoint(row.Text(Local)) ?? throw new FormatException("no local address"),
        User = row.Text(User),
        Login = row.Text(Login),
        SessionKey = row.Text(SessionKey),
        ProxiedName = row.Text(ProxiedName),
        ProxiedId = row.Text(ProxiedId),
        Destination = row.Text(Destination) ?? "",
        Resolved = row.Text(Resolved) is { } resolved ? IPAddress.Parse(resolved) : null,
        Rule = (int?)row.Integer(Rule),
        Group = row.Text(Group),
        Exit = row.Text(Exit),
        Attempts = row.Text(Attempts) is { } attempts ? AttemptsOf(attempts) : [],
        Source = EndPoint(row.Text(Source)),
        Peer = EndPoint(row.Text(Peer)),
        Leads = row.Text(Leads),
        BytesUp = row.Integer(BytesUp) ?? 0,
        BytesDown = row.Integer(BytesDown) ?? 0,
        HandshakeMs = row.Real(HandshakeMs),
        RouteMs = row.Real(RouteMs),
        ResolveMs = row.Real(ResolveMs),
        DialMs = row.Real(DialMs),
        FirstByteUpMs = row.Real(FirstByteUpMs),
        FirstByteMs = row.Real(FirstByteMs),
        DurationMs = row.Real(DurationMs) ?? 0,
        Outcome = row.Text(Outcome) is { } word && RecordQuery.TryParseOutcome(word, out SessionOutcome outcome) ? outcome : null,
        Detail = row.Text(Detail),
    };

    /// <summary>A time as the files have it: steps of 100 ns since 1970.</summary>
    public static long ToTicks(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    /// <summary>The time of these steps.</summary>
    public static DateTimeOffset FromTicks(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    private static DateTimeOffset? FromTicks(long? ticks) => ticks is { } known ? FromTicks(known) : null;

    private static IPEndPoint? EndPoint(string? text) => text is null ? null
        : IPEndPoint.TryParse(text, out IPEndPoint? endPoint) ? endPoint : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}'"));

    // A JSON reader takes 1e999 for infinity, and null for any object.
    private static SessionAttempt[] AttemptsOf(string text)
    {
        SessionAttempt[] attempts = JsonSerializer.Deserialize<SessionAttempt[]>(text, Json) ?? [];
        return Array.TrueForAll(attempts, attempt => attempt?.Exit is not null && double.IsFinite(attempt.Ms)) ? attempts
            : throw new FormatException("an attempt without an exit or a duration");
    }

    private static RecordColumn Add(string name, string type, Action<SessionRecord, RecordEncoder> encode)
    {
        RecordColumn column = new(Columns.Count, name, type, encode);
        Columns.Add(column);
        return column;
    }
}
