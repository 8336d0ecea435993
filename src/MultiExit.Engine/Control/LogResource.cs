using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Control;

/// <summary>The newest messages of the log.</summary>
internal sealed class LogResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<LogEntry>>("/log", "The newest messages of the log, oldest first.",
            new(Level, "debug, info, warning or error: the least."), new(Id, "Ids with commas between them, MX20* among them."), new(Last, "How many."),
            new(Since, "A time.")),
    ];

    private const string Level = "level";
    private const string Id = "id";
    private const string Last = "last";
    private const string Since = "since";

    private static readonly string[] Levels = [.. Enum.GetNames<LogLevel>().Select(name => name.ToLowerInvariant())];

    /// <summary>The target that asks for them.</summary>
    public static string TargetOf(LogQuery query) => ControlQuery.Target("log",
        (Level, query.Level == LogLevel.Debug ? null : Levels[(int)query.Level]), (Id, query.Ids.Count == 0 ? null : string.Join(',', query.Ids)),
        (Last, query.Last is { } last ? $"{last}" : null), (Since, query.Since?.ToString("O")));

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        ControlQuery query = request.Query(Level, Id, Last, Since);
        LogQuery asked = new()
        {
            Level = (LogLevel)query.Word(Level, Levels), Ids = query.Text(Id)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [],
            Last = query.Number(Last), Since = query.Time(Since),
        };
        return ControlAnswer.Ok(await server.GetLogAsync(asked).ConfigureAwait(false));
    }
}
