using System.Reflection;
using System.Text.Json;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Transport;

namespace MultiExit.Fuzz.Targets;

/// <summary>Connections to the control socket. Outcomes: answers in HTTP, none with the status 500, and JSON where there is a
/// body.</summary>
internal static class ControlTarget
{
    private static readonly MemoryLog Memory = new();
    public static readonly EngineLog Log = new(LogFactory.Create(new LoggingConfig(), console: false, Memory));
    public static readonly IServerControl Server = DispatchProxy.Create<IServerControl, EmptyServer>();

    private static string Unexpected =>
        string.Join('\n', Memory.Read(new LogQuery()).Where(entry => entry.Id == "MX9000").Select(entry => entry.Exception));

    public static FuzzTarget Target => new("control", Run)
    {
        Words =
        [
            .. HttpText.Words, "GET /server", "GET /sessions/1", "GET /exits/wan1", "POST /exits/wan1/weight", "POST /exits/wan1/disable",
            "POST /exits/wan1/probe", "PATCH /config", "PUT /config?own_file=true", "POST /config/check",
            "GET /log?level=debug&last=1&since=2026-01-31T12:00:00Z", "GET /route?destination=a:1&client=::1&network=udp",
            "GET /versions/1/difference?with=1", "POST /unlock", "POST /stop", "GET /metrics", "GET /events?types=exit-down", "Last-Event-ID: 1",
            "Accept: text/plain;q=0.5,application/json", "{\"weight\":5}", "{\"client\":\"::1\"}",
            "{\"drain_timeout\":1e30}", "{\"set\":{\"a\":1}}", "{\"probe\":\"a:1\"}", "null", "[]", "%2f", "%00", "%", "\"\\\\ud800\"",
        ],
    };

    private static void Run(ReadOnlySpan<byte> input) => Run(input, () => ControlRoutes.OfServer(Server, Log, StillTime.Instance));

    /// <summary>Sends it to an endpoint, twice, and looks at the answers.</summary>
    public static void Run(ReadOnlySpan<byte> input, Func<IEndpointRoutes> routes)
    {
        byte[] whole = Serve(input.ToArray(), Math.Max(input.Length, 1), routes());
        Claim.SameBytes(whole, Serve(input.ToArray(), 3, routes()), "the answers to requests in pieces");
        for (ReadOnlySpan<byte> rest = whole; !rest.IsEmpty;)
        {
            ReadOnlySpan<byte> head = HttpText.Head(rest);
            HttpResponseHead? answer = head.IsEmpty ? null : HttpResponseHead.Parse(head, out _);
            Claim.That(answer is not null, "an answer is no HTTP");
            Claim.That(answer!.Status != 500, $"the answer is an unexpected failure: {Unexpected}");
            // What is streamed ends with the connection.
            if (head.IndexOf("text/event-stream"u8) >= 0) return;
            rest = rest[head.Length..];
            if (answer.IsInterim || answer.Fields.ContentLength is not > 0) continue;
            // The answer to HEAD gives the length of a body that does not follow.
            if (rest.StartsWith("HTTP/1.1 "u8) || rest.IsEmpty) continue;
            int length = (int)answer.Fields.ContentLength;
            Claim.That(length <= rest.Length, "the body of an answer is cut off");
            if (head.IndexOf("application/json"u8) >= 0) CheckJson(rest[..length]);
            rest = rest[length..];
        }
    }

    private static void CheckJson(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = new(body);
        Claim.That(JsonDocument.TryParseValue(ref reader, out JsonDocument? document), "the body of an answer is no JSON");
        document!.Dispose();
    }

    private static byte[] Serve(byte[] input, int piece, IEndpointRoutes routes)
    {
        using MemoryDuplex stream = new(input, piece);
        using ControlConversation conversation = new(
            stream, routes, new EndpointLimits(), new DeadlinePool(StillTime.Instance), StillTime.Instance);
        Waiting.For(conversation.RunAsync(CancellationToken.None), "a connection to the control socket");
        return stream.Written;
    }
}
