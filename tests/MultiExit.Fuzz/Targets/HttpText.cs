using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Fuzz.Targets;

/// <summary>The common part of the targets of HTTP.</summary>
internal static class HttpText
{
    // Small enough for the mutator to reach each of them.
    private static readonly HttpLimits Tight = new(100, 300, 6);

    /// <summary>Limits that the additions of a proxy to a head do not reach.</summary>
    public static HttpLimits Roomy => new(64 * 1024, 256 * 1024, 1024);

    public static IReadOnlyList<string> Words { get; } =
    [
        @"\r\n", @"\r\n\r\n", @"\n", @"\r", @"\x00", @"\t", ": ", " : ", ",", ";", " HTTP/1.1", " HTTP/1.0", " HTTP/2.0", "GET ", "POST ",
        "CONNECT ", "OPTIONS * ", "HEAD ", "TRACE ",
        "http://a/", "http://[::1]:8080/", "https://", "a@b", "Host: a", @"\r\nHost: b:81", @"\r\nContent-Length: 5",
        @"\r\nContent-Length: 18446744073709551616", @"\r\nContent-Length : 5",
        @"\r\nTransfer-Encoding: chunked", @"\r\nTransfer-Encoding: gzip, chunked", @"\r\nTransfer_Encoding: chunked",
        @"\r\nConnection: close, X-A", @"\r\nConnection: upgrade",
        @"\r\nUpgrade: websocket", @"\r\nUpgrade: h2c", @"\r\nProxy-Authorization: Basic YTpi", @"\r\nProxy-Connection: keep-alive",
        @"\r\nExpect: 100-continue", @"\r\nMax-Forwards: 0",
        @"\r\nTE: trailers", @"\r\nTrailer: Host", @"\r\nX-Session: s", @"\r\n folded", "HTTP/1.1 200 OK", "HTTP/1.1 101 ",
        "HTTP/1.1 304", "HTTP/1.1 204 ", @"\x80", @"\xff",
    ];

    /// <summary>The head at the front of the input; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Head(ReadOnlySpan<byte> input)
    {
        HttpHeadScanner scanner = new();
        return scanner.Scan(input, HttpLimits.Default, out int length, out _) == HttpParse.Ok ? input[..length] : default;
    }

    /// <summary>Checks that the end of a head is found in pieces as in the whole, with small limits as with the usual ones.</summary>
    public static void CheckScanner(ReadOnlySpan<byte> input)
    {
        CheckScanner(input, HttpLimits.Default);
        CheckScanner(input, Tight);
    }

    private static void CheckScanner(ReadOnlySpan<byte> input, HttpLimits limits)
    {
        HttpHeadScanner whole = new();
        Meter meter = new();
        HttpParse parse = whole.Scan(input, limits, out int length, out HttpFault fault);
        // Only a fault that names the limit costs something.
        meter.Check(input.Length, 0, parse == HttpParse.Invalid ? 1024 : 0);
        Claim.Same(parse == HttpParse.Invalid, !fault.IsNone, "a fault comes with Invalid");
        Claim.That(parse != HttpParse.Ok || length <= limits.MaxHead + 2, "a head is longer than the limit");
        HttpHeadScanner pieces = new();
        for (int end = 1; end <= input.Length; end++)
        {
            HttpParse one = pieces.Scan(input[..end], limits, out int at, out HttpFault told);
            if (one == HttpParse.NeedMore) continue;
            Claim.Same(parse, one, "the outcome of a head in pieces");
            Claim.Same(length, at, "the length of a head in pieces");
            // Beyond both limits, the one that is met first is named.
            Claim.Same(fault.Status, told.Status, "the fault of a head in pieces");
            return;
        }
        Claim.That(parse == HttpParse.NeedMore, "a head in pieces has no end");
    }
}
