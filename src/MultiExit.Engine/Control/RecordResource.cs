using System.Globalization;
using System.Net;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The records of ended sessions, a page at a time.</summary>
internal sealed class RecordResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<SessionRecord>>("/records", "Records of sessions that have ended, newest first; the field Link leads to the next page.",
            new(Source, "ADDRESS:PORT or ADDRESS of the connection that left."), new(At, "A time at which they lived."), 
            new(Within, "How exact that is, such as 1m."),
            new(User, "The user."), new(Destination, "HOST or HOST:PORT."), new(Exit, "The exit."), new(Outcome, "How they ended."),
            new(Since, "A time: ended then or later."), new(Until, "A time: ended then or earlier."), new(Limit, "1 to 10000."),
            new(Before, "What the field Link of an answer said.")),
        ControlRoute.Get<IReadOnlyList<FleetRecord>>(FleetPath,
            "Records of all nodes of the fleet, each with its node, as the store has them; the field Link leads to the next page.",
            new(Source, "ADDRESS:PORT or ADDRESS of the connection that left."), new(At, "A time at which they lived."),
            new(Within, "How exact that is, such as 1m."),
            new(User, "The user."), new(Destination, "HOST or HOST:PORT."), new(Exit, "The exit."), new(Outcome, "How they ended."),
            new(Since, "A time: ended then or later."), new(Until, "A time: ended then or earlier."), new(Limit, "1 to 10000; 1000 at most come."),
            new(Before, "What the field Link of an answer said.")),
    ];

    private const string FleetPath = "/fleet/records";

    private const string Source = "source";
    private const string At = "at";
    private const string Within = "within";
    private const string User = "user";
    private const string Destination = "destination";
    private const string Exit = "exit";
    private const string Outcome = "outcome";
    private const string Since = "since";
    private const string Until = "until";
    private const string Limit = "limit";
    private const string Before = "before";

    /// <summary>The target that asks for them.</summary>
    public static string TargetOf(RecordQuery query, bool ofFleet = false) => ControlQuery.Target(ofFleet ? FleetPath[1..] : "records",
        (Source, query.Source is { Port: 0 } any ? any.Address.ToString() : query.Source?.ToString()), (At, ControlQuery.Text(query.At)),
        (Within, query.At is null ? null : string.Create(CultureInfo.InvariantCulture, $"{(long)query.Within.TotalMilliseconds}ms")), (User, query.User),
        (Destination, query.Destination), (Exit, query.Exit), (Outcome, query.Outcome?.Word()),
        (Since, ControlQuery.Text(query.Since)), (Until, ControlQuery.Text(query.Until)),
        (Limit, string.Create(CultureInfo.InvariantCulture, $"{query.Limit}")),
        (Before, query.Before is { } before ? string.Create(CultureInfo.InvariantCulture, $"{before}") : null));

    /// <summary>Where the next page begins, by the field <c>Link</c> of an answer; null: there is none.</summary>
    public static long? NextOf(string? link)
    {
        const string Name = Before + "=";
        int begin = link?.IndexOf(Name, StringComparison.Ordinal) ?? -1;
        if (begin < 0) return null;
        ReadOnlySpan<char> rest = link.AsSpan(begin + Name.Length);
        int end = rest.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long next) ? next : null;
    }

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        RecordQuery query = Read(request.Query(Source, At, Within, User, Destination, Exit, Outcome, Since, Until, Limit, Before));
        if (request.Path is ["fleet", ..])
        {
            FleetRecordPage fleet = await server.FindFleetRecordsAsync(query, request.Closing).ConfigureAwait(false);
            return ControlAnswer.Ok(fleet.Records) with
            {
                Next = fleet.Next is { } more ? "/" + TargetOf(query with { Before = more }, ofFleet: true) : null,
            };
        }
        RecordPage page = await server.FindRecordsAsync(query, request.Closing).ConfigureAwait(false);
        return ControlAnswer.Ok(page.Records) with { Next = page.Next is { } next ? "/" + TargetOf(query with { Before = next }) : null };
    }

    private static RecordQuery Read(ControlQuery query)
    {
        RecordQuery asked = new();
        if (query.Duration(Within) is { } && query.Time(At) is null) throw new FormatException($"the parameter {Within} is of no use without {At}");
        return asked with
        {
            Source = query.Parsed<IPEndPoint>(Source, $"expected {RecordQuery.SourceExpected}",
                value => RecordQuery.TryParseSource(value, out IPEndPoint? source) ? source : null),
            At = query.Time(At), Within = query.Duration(Within) ?? asked.Within, User = query.Text(User), Destination = query.Text(Destination),
            Exit = query.Text(Exit), Since = query.Time(Since), Until = query.Time(Until),
            Outcome = query.Parsed<SessionOutcome?>(Outcome, $"expected one of {string.Join(", ", RecordQuery.Outcomes)}",
                value => RecordQuery.TryParseOutcome(value, out SessionOutcome outcome) ? outcome : null),
            Limit = query.Parsed<int?>(Limit, $"expected a whole number from 1 to {RecordQuery.MaxLimit}",
                value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is > 0 and <= RecordQuery.MaxLimit
                    ? limit : null) ?? asked.Limit,
            Before = query.Parsed<long?>(Before, "expected what an answer said in its field Link",
                value => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long before) ? before : null),
        };
    }
}
