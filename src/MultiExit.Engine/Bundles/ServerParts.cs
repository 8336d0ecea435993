using System.Runtime.CompilerServices;
using System.Text.Json;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Bundles;

/// <summary>What a server says of itself. Secrets are masked where they come from: the same answers go to operators and to the dashboard.</summary>
internal static class ServerParts
{
    private static readonly JsonSerializerOptions OneLine = new(ControlJson.Options) { WriteIndented = false };

    /// <summary>The parts; of lists, each item is a line.</summary>
    /// <param name="server">The server.</param>
    /// <param name="since">The log and records from then on.</param>
    public static IEnumerable<BundlePart> Of(IServerControl server, DateTimeOffset since) =>
    [
        Whole("server.json", server.GetStatusAsync),
        Whole("config.json", server.GetConfigJsonAsync),
        Whole("config-status.json", server.GetConfigAsync),
        Items("config-versions.jsonl", server.GetVersionsAsync),
        Items("preflight.jsonl", server.CheckHostAsync),
        Items("exits.jsonl", server.GetExitsAsync),
        Items("groups.jsonl", server.GetGroupsAsync),
        Items("sets.jsonl", server.GetRuleSetsAsync),
        Items("users.jsonl", server.GetUsersAsync),
        Items("locked.jsonl", server.GetLockedClientsAsync),
        Items("metrics.jsonl", server.GetMetricsAsync),
        Items("log.jsonl", token => server.GetLogAsync(new LogQuery { Since = since }, token)),
        Items("sessions.jsonl", server.GetSessionsAsync),
        new("records.jsonl", token => RecordsAsync(server, since, token)),
    ];

    private static BundlePart Whole<T>(string name, Func<CancellationToken, Task<T>> ask) => BundlePart.Of(name,
        async token => [JsonSerializer.Serialize(await ask(token).ConfigureAwait(false), ControlJson.Options)]);

    private static BundlePart Items<T>(string name, Func<CancellationToken, Task<IReadOnlyList<T>>> ask) => BundlePart.Of(name,
        async token => (await ask(token).ConfigureAwait(false)).Select(item => JsonSerializer.Serialize(item, OneLine)));

    private static async IAsyncEnumerable<string> RecordsAsync(
        IServerControl server, DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RecordQuery query = new() { Since = since, Limit = RecordQuery.MaxLimit };
        while (true)
        {
            RecordPage page = await server.FindRecordsAsync(query, cancellationToken).ConfigureAwait(false);
            foreach (SessionRecord record in page.Records) yield return JsonSerializer.Serialize(record, OneLine);
            if (page.Next is not { } next) yield break;
            query = query with { Before = next };
        }
    }
}
