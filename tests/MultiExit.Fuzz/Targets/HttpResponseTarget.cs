using System.Text;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Fuzz.Targets;

/// <summary>Heads of responses, and the heads that are forwarded. Outcomes: a head, NeedMore, or a fault.</summary>
internal static class HttpResponseTarget
{
    private static readonly HttpRequestHead[] Requests =
    [
        Request("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), Request("HEAD http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
            Request("GET http://a/ HTTP/1.0\r\n\r\n"),
    ];

    public static FuzzTarget Target => new("http-response", Run) { Words = HttpText.Words };

    private static void Run(ReadOnlySpan<byte> input)
    {
        HttpText.CheckScanner(input);
        if (HttpText.Head(input) is not { IsEmpty: false } head) return;
        Meter meter = new();
        HttpResponseHead? response = HttpResponseHead.Parse(head, out HttpFault fault);
        meter.Check(head.Length, 16, 4096);
        Claim.Same(response is null, !fault.IsNone, "a fault comes without a head");
        if (response is null) return;
        Claim.That(response.Status is >= 100 and <= 999, $"a status is {response.Status}");
        foreach (HttpRequestHead request in Requests) CheckForwarded(head, response, request);
    }

    private static void CheckForwarded(ReadOnlySpan<byte> head, HttpResponseHead response, HttpRequestHead request)
    {
        HttpHeadWriter writer = new();
        HttpFraming body = response.BodyFor(request.Method);
        HttpHeadRewriter.Response(writer, head, response, request, close: body.Kind == HttpBodyKind.UntilClose);
        ReadOnlySpan<byte> written = writer.Written.Span;
        HttpHeadScanner scanner = new();
        Claim.Same(HttpParse.Ok, scanner.Scan(written, HttpText.Roomy, out int length, out HttpFault fault),
            $"a forwarded head ({fault.Text})");
        Claim.Same(written.Length, length, "the length of a forwarded head");
        HttpResponseHead? forwarded = HttpResponseHead.Parse(written, out fault);
        Claim.That(forwarded is not null, $"a forwarded head is not one: {fault.Text}");
        Claim.Same(response.Status, forwarded!.Status, "the status");
        Claim.SameBytes(head[response.Reason], written[forwarded.Reason], "the reason");
        // A client of HTTP/1.0 gets a chunked body decoded, up to the end of the connection.
        if (body.Kind == HttpBodyKind.Chunked && request.MinorVersion == 0) body = new(HttpBodyKind.UntilClose);
        Claim.Same(body, forwarded.BodyFor(request.Method), "the framing of the body");
    }

    private static HttpRequestHead Request(string text) => HttpRequestHead.Parse(Encoding.ASCII.GetBytes(text), out _)!;
}
