using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>What happens, as server-sent events (HTML Living Standard, section 9.2), with the state of the server between them where asked for.</summary>
/// <param name="server">The server.</param>
/// <param name="time">The clock.</param>
internal sealed class EventResource(IServerControl server, TimeProvider time) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        new("GET", "/events", ControlAccess.Read, "What happens, as server-sent events.")
        {
            ContentType = "text/event-stream",
            Parameters = [new(Types, "Types with commas between them."), new(After, "Begins with those that follow this number."),
                new(Every, "Between them an event `status` so often, such as 1s.")],
        },
    ];

    /// <summary>Those who may listen at a time; each has a connection, and others have to find one too.</summary>
    public const int MaxListeners = 16;

    private const string After = "after";
    private const string Types = "types";
    private const string Every = "status";

    // A client, and what is between, learns that the connection lives.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeastEvery = TimeSpan.FromMilliseconds(500);
    private static readonly JsonSerializerOptions Json = new(ControlJson.Options) { WriteIndented = false };

    private static readonly byte[] Nothing = [.. ": \n\n"u8];

    private int _listeners;

    /// <summary>The target that asks for events.</summary>
    public static string TargetOf(long? after, IReadOnlyCollection<string>? types) =>
        ControlQuery.Target("events", (After, after?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            (Types, types is { Count: > 0 } ? string.Join(',', types) : null));

    public IReadOnlyList<ControlRoute> Routes => Table;

    public Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        ControlQuery query = request.Query(After, Types, Every);
        string[] types = query.Text(Types)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (types.FirstOrDefault(type => !EventNames.All.Contains(type, StringComparer.Ordinal)) is { } unknown)
            throw new FormatException($"there is no type {unknown}; there are {string.Join(", ", EventNames.All)}");
        TimeSpan? every = query.Duration(Every);
        if (every < LeastEvery) throw new FormatException($"the parameter {Every} is at least {LeastEvery.TotalMilliseconds:0}ms");
        // What a browser sends when it connects again.
        long? after = long.TryParse(request.LastEventId, out long last) ? last : query.Count(After);
        if (Volatile.Read(ref _listeners) >= MaxListeners)
            return Task.FromResult(ControlAnswer.Fail(503, "TooManyConnections", $"{MaxListeners} listen to events already"));
        return Task.FromResult(ControlAnswer.OfStream("text/event-stream", (write, token) => RunAsync(write, after, types, every, token)));
    }

    private async Task RunAsync(
        Func<ReadOnlyMemory<byte>, ValueTask> write, long? after, string[] types, TimeSpan? every, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _listeners);
        using CancellationTokenSource listening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            IAsyncEnumerator<ServerEvent> events = server.GetEventsAsync(after, types, listening.Token).GetAsyncEnumerator(listening.Token);
            await using (events.ConfigureAwait(false))
            {
                Task<bool> next = events.MoveNextAsync().AsTask();
                try
                {
                    // At once, so that the client knows that it listens: it hears of all that happens from here on.
                    await write(": events\n\n"u8.ToArray()).ConfigureAwait(false);
                    if (every is not null) await write(await StatusAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                    while (true)
                    {
                        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                        Task pause = Task.Delay(every ?? Heartbeat, time, over.Token);
                        bool has = await Task.WhenAny(next, pause).ConfigureAwait(false) == next;
                        await over.CancelAsync().ConfigureAwait(false);
                        if (has)
                        {
                            if (!await next.ConfigureAwait(false)) return;
                            await write(Text(events.Current)).ConfigureAwait(false);
                            next = events.MoveNextAsync().AsTask();
                        }
                        else if (cancellationToken.IsCancellationRequested) return;
                        else await write(every is null ? Nothing : await StatusAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                    }
                }
                finally
                {
                    // An enumerator is not disposed of while it moves. A client that does not read, or may not any more, waits for no further event.
                    await listening.CancelAsync().ConfigureAwait(false);
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private static byte[] Text(ServerEvent told) =>
        Encoding.UTF8.GetBytes($"id: {told.Number}\nevent: {told.Type}\ndata: {RecordJson.Of(told)}\n\n");

    // The whole of what an operator sees at a glance.
    private async Task<byte[]> StatusAsync(CancellationToken cancellationToken)
    {
        string data = JsonSerializer.Serialize(new
        {
            Server = await server.GetStatusAsync(cancellationToken).ConfigureAwait(false),
            Exits = await server.GetExitsAsync(cancellationToken).ConfigureAwait(false),
            Config = await server.GetConfigAsync(cancellationToken).ConfigureAwait(false),
        }, Json);
        return Encoding.UTF8.GetBytes($"event: status\ndata: {data}\n\n");
    }
}
