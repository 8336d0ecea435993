using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Control;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Host;

/// <summary><c>multiexit sessions</c></summary>
internal static class SessionsCommand
{
    private const string Command = "sessions find";
    private const string Json = "--json";

    // The records of one question to the server; the lines are printed while the next are searched.
    private const int PageSize = 1000;

    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (args is not ["find", .. string[] rest])
            throw new UsageException(args.Length == 0 ? "sessions: expected find" : $"sessions: unknown command {CommandLine.Shown(args[0])}; expected find");
        Options options = Options.Parse(Command, rest, ["--config", "--socket", "--source", "--at", "--within", "--user", "--destination", "--exit",
            "--outcome", "--since", "--until", "--limit"], [], Json);
        if ((options.Has("--config") ? 1 : 0) + (options.Has("--socket") ? 1 : 0) != 1)
            throw new UsageException($"{Command}: --config FILE or --socket PATH is needed");
        RecordQuery query = Read(options);
        Func<SessionRecord, string> print = options.Has(Json) ? RecordArchive.Json : RecordArchive.Line;
        if (options.Single("--socket") is { } socket)
            return await FindAsync(query, new ControlClient(socket).FindRecordsAsync, print, output).ConfigureAwait(false);
        ConfigResult result = ConfigLoader.LoadFile(options.Single("--config")!);
        if (!result.IsValid) return ConfigSource.Report(result, error);
        if (result.Config.Records is not { } records) throw new UsageException($"{Command}: the configuration has no records");
        RecordArchive archive = new(records, file => error.WriteLine($"multiexit: {file} is damaged and left out"));
        return await FindAsync(query, archive.FindAsync, print, output).ConfigureAwait(false);
    }

    private static async Task<ExitCode> FindAsync(
        RecordQuery query, Func<RecordQuery, CancellationToken, Task<RecordPage>> find, Func<SessionRecord, string> print, TextWriter output)
    {
        int left = query.Limit;
        for (RecordQuery? next = query; next is not null && left > 0;)
        {
            RecordPage page = await find(next with { Limit = Math.Min(left, PageSize) }, CancellationToken.None).ConfigureAwait(false);
            foreach (SessionRecord record in page.Records) await output.WriteLineAsync(print(record)).ConfigureAwait(false);
            left -= page.Records.Count;
            next = page.Next is { } before ? query with { Before = before } : null;
        }
        return ExitCode.Ok;
    }

    private static RecordQuery Read(Options options)
    {
        if (options.Has("--within") && !options.Has("--at")) throw new UsageException($"{Command}: --within says how exact --at is, which is not given");
        RecordQuery query = new();
        return query with
        {
            Source = Parse<IPEndPoint>(options, "--source", RecordQuery.SourceExpected,
                text => RecordQuery.TryParseSource(text, out IPEndPoint? source) ? source : null),
            At = Time(options, "--at"), Since = Time(options, "--since"), Until = Time(options, "--until"),
            Within = Parse<TimeSpan?>(options, "--within", DurationText.Expected, text => DurationText.TryParse(text, out TimeSpan within) ? within : null)
                ?? query.Within,
            User = options.Single("--user"), Destination = options.Single("--destination"), Exit = options.Single("--exit"),
            Outcome = Parse<SessionOutcome?>(options, "--outcome", $"one of {string.Join(", ", RecordQuery.Outcomes)}",
                text => RecordQuery.TryParseOutcome(text, out SessionOutcome outcome) ? outcome : null),
            Limit = Parse<int?>(options, "--limit", "a whole number from 1",
                text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit > 0 ? limit : null) ?? int.MaxValue,
        };
    }

    // Without a zone it is the time of this host, and without a date of today.
    private static DateTimeOffset? Time(Options options, string name) => Parse<DateTimeOffset?>(options, name, "a time such as 14:03 or 2026-01-31T12:00:00Z",
        text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) ? time : null);

    private static T? Parse<T>(Options options, string name, string expected, Func<string, T?> read)
    {
        if (options.Single(name) is not { } text) return default;
        return read(text) ?? throw new UsageException($"{Command}: {name} is '{ShownUrl.IfUrl(text)}'; expected {expected}");
    }
}
