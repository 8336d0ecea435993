using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The history of traffic. A row has those of its keys that it was asked by.</summary>
internal sealed class TrafficResource(IServerControl server) : IControlResource
{
    /// <summary>What it is asked with.</summary>
    public static IReadOnlyList<ControlParameter> Parameters =>
    [
        new(By, "user, exit, inbound, with commas between them, or all."), new(Since, "A time."), new(Until, "A time."), new(Step, "5m, 1h or 1d."),
    ];

    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<TrafficRow>>("/traffic", "What went through.", Parameters),
    ];

    private const string By = "by";
    private const string Since = "since";
    private const string Until = "until";
    private const string Step = "step";

    private static readonly (string Name, TrafficFields Field, Func<TrafficRow, string?> Of)[] Fields =
    [
        ("user", TrafficFields.User, row => row.User), ("exit", TrafficFields.Exit, row => row.Exit), ("inbound", TrafficFields.Inbound, row => row.Inbound),
    ];

    /// <summary>The target that asks for it.</summary>
    public static string TargetOf(TrafficQuery query, bool ofFleet = false) => ControlQuery.Target(ofFleet ? "fleet/traffic" : "traffic",
        (By, query.By == TrafficFields.None ? "all" : string.Join(',', Fields.Where(each => query.By.HasFlag(each.Field)).Select(each => each.Name))),
        (Since, ControlQuery.Text(query.Since)), (Until, ControlQuery.Text(query.Until)), (Step, query.Step.Word()));

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        TrafficQuery query = Read(request);
        IReadOnlyList<TrafficRow> rows = await server.FindTrafficAsync(query, request.Closing).ConfigureAwait(false);
        return ControlAnswer.Ok(rows.Select(row => ToJson(row, query.By)).ToArray());
    }

    /// <summary>What a request asks for.</summary>
    public static TrafficQuery Read(ControlRequest request)
    {
        ControlQuery query = request.Query(By, Since, Until, Step);
        TrafficQuery asked = new()
        {
            Since = query.Time(Since), Until = query.Time(Until),
            Step = query.Parsed<TrafficStep?>(Step, $"expected one of {string.Join(", ", TrafficSteps.Words)}", value => TrafficSteps.Parse(value)) ?? default,
        };
        TrafficFields? by = query.Parsed<TrafficFields?>(By, "expected some of user, exit, inbound, with commas between them, or all", ReadFields);
        if (asked.Since >= (asked.Until ?? DateTimeOffset.MaxValue)) throw new FormatException($"{Since} is not before {Until}");
        return asked with { By = by ?? asked.By };
    }

    private static TrafficFields? ReadFields(string text)
    {
        if (text == "all") return TrafficFields.None;
        TrafficFields fields = TrafficFields.None;
        foreach (string name in text.Split(','))
        {
            int index = Array.FindIndex(Fields, each => each.Name == name);
            if (index < 0) return null;
            fields |= Fields[index].Field;
        }
        return fields;
    }

    [SuppressMessage("Performance", "CA1859", Justification = "What it is does not matter to JSON.")]
    private static IReadOnlyDictionary<string, object?> ToJson(TrafficRow row, TrafficFields by)
    {
        Dictionary<string, object?> json = new(StringComparer.Ordinal);
        foreach ((string name, TrafficFields field, Func<TrafficRow, string?> of) in Fields)
            if (by.HasFlag(field)) json[name] = of(row);
        json["from"] = row.From;
        json["sessions"] = row.Sessions;
        json["failed"] = row.Failed;
        json["bytes_up"] = row.BytesUp;
        json["bytes_down"] = row.BytesDown;
        json["dial_p95_ms"] = row.DialP95Ms;
        return json;
    }
}
