using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Fuzz.Targets;

/// <summary>Heads of requests, their credentials, and the heads that are forwarded. Outcomes: a head, NeedMore, or a fault with its
/// status.</summary>
internal static class HttpRequestTarget
{
    public static FuzzTarget Target => new("http-request", Run) { Words = HttpText.Words };

    private static void Run(ReadOnlySpan<byte> input)
    {
        HttpText.CheckScanner(input);
        if (HttpText.Head(input) is not { IsEmpty: false } head) return;
        Meter meter = new();
        HttpRequestHead? request = HttpRequestHead.Parse(head, out HttpFault fault);
        meter.Check(head.Length, 16, 4096);
        Claim.Same(request is null, !fault.IsNone, "a fault comes without a head");
        if (request is null)
        {
            Claim.That(fault.Status is 400 or 414 or 431 or 501 or 505, $"a request is refused with {fault.Status}");
            return;
        }
        CheckCredentials(head, request);
        HttpSessionHeader.TryRead(head, "X-Session", out string? session);
        Claim.That(session is null or { Length: > 0 and <= HttpSessionHeader.MaxLength }, "the name of a session is empty or too long");
        if (request.Target.Form != HttpTargetForm.Absolute) return;
        if (HttpAuthority.TryParse(request.Target.Authority, 80, out Destination? destination)) CheckForwarded(head, request, destination);
    }

    private static void CheckCredentials(ReadOnlySpan<byte> head, HttpRequestHead request)
    {
        if (request.Fields.ProxyAuthorization is not { } range) return;
        byte[] decoded = new byte[head.Length];
        if (!HttpBasicCredentials.TryParse(head[range], decoded, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> password)) return;
        if (!System.Text.Unicode.Utf8.IsValid(name)) return;
        byte[] written = HttpBasicCredentials.Format(System.Text.Encoding.UTF8.GetString(name), password);
        Claim.That(HttpBasicCredentials.TryParse(written, new byte[written.Length], out ReadOnlySpan<byte> sameName,
            out ReadOnlySpan<byte> samePassword), "credentials that were written are not read");
        Claim.SameBytes(name, sameName, "a name");
        Claim.SameBytes(password, samePassword, "a password");
    }

    // The next hop has to find the same request in it, and the same end of the body.
    private static void CheckForwarded(ReadOnlySpan<byte> head, HttpRequestHead request, Destination destination)
    {
        HttpHeadWriter writer = new();
        bool upgrade = HttpHeadRewriter.Request(writer, head, request, null);
        ReadOnlySpan<byte> written = writer.Written.Span;
        HttpHeadScanner scanner = new();
        Claim.Same(HttpParse.Ok, scanner.Scan(written, HttpText.Roomy, out int length, out HttpFault fault),
            $"a forwarded head ({fault.Text})");
        Claim.Same(written.Length, length, "the length of a forwarded head");
        HttpRequestHead? forwarded = HttpRequestHead.Parse(written, out fault);
        Claim.That(forwarded is not null, $"a forwarded head is not one: {fault.Text}");
        Claim.Same(request.Method, forwarded!.Method, "the method");
        Claim.Same(request.Target.Path, forwarded.Target.Path, "the path");
        Claim.Same(request.Body, forwarded.Body, "the framing of the body");
        Claim.That(HttpAuthority.TryParse(forwarded.Fields.Host!, 80, out Destination? host), "the Host field of a forwarded head is none");
        Claim.Same(destination, host, "the destination and the Host field");
        Claim.That(forwarded.Fields.ProxyAuthorization is null, "credentials for this proxy are forwarded");
        Claim.Same(upgrade, forwarded.Fields.ConnectionUpgrade && forwarded.Fields.Upgrade is not null, "an upgrade");
    }
}
