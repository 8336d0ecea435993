using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Control;

/// <summary>The newest messages of the log.</summary>
internal sealed class LogResource(IServerControl server) : IControlResource
{
    private const string Level = "level";
    private const string Id = "id";
    private const string Last = "last";
    private const string Since = "since";

    private static readonly string[] Levels = [.. Enum.GetNames<LogLevel>().Select(name => name.ToLowerInvariant())];

    public string Paths => "/log";

    /// <summary>The target that asks for them.</summary>
    public static string TargetOf(LogQuery query) => ControlQuery.Target("log",
        (Level, query.Level == LogLevel.Debug ? null : Levels[(int)query.Level]), (Id, query.Ids.Count == 0 ? null : string.Join(',', query.Ids)),
        (Last, query.Last is { } last ? $"{last}" : null), (Since, query.Since?.ToString("O")));

    public string? Methods(string[] path) => path is ["log"] ? "GET, HEAD" : null;

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
