using System.Text;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Fuzz.Targets;

/// <summary>The upgrade and the target of a WebSocket proxy's client. Outcomes: a request, or a fault with its status.</summary>
internal static class WebSocketRequestTarget
{
    public static FuzzTarget Target => new("websocket-request", Run)
    {
        Words =
        [
            .. HttpText.Words, @"\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", @"\r\nSec-WebSocket-Version: 13",
            @"\r\nSec-WebSocket-Protocol: a, b", @"\r\nSec-WebSocket-Extensions: x; y=1, z",
            @"\r\nX-Proxy-Target-Host: a", @"\r\nX-Proxy-Target-Port: 80", @"\r\nX-Proxy-Username: u", @"\r\nX-Proxy-Password: p",
            "?host=a&port=80", "&", "%00", "%", "+"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        if (HttpText.Head(input) is not { IsEmpty: false } head || HttpRequestHead.Parse(head, out _) is not { } request) return;
        Meter meter = new();
        WebSocketRequest? upgrade = WebSocketRequest.Parse(request, head, out HttpFault fault);
        // Fields of the same name are joined one by one; the limit of fields bounds it.
        meter.Check(head.Length, 64, 8192);
        Claim.Same(upgrade is null, !fault.IsNone, "a fault comes without a request");
        Claim.That(fault.IsNone || fault.Status is 400 or 405 or 426, $"an upgrade is refused with {fault.Status}");
        meter = new();
        WebSocketTarget target = WebSocketTarget.Parse(request, head);
        meter.Check(head.Length, 64, 8192);
        Claim.Same(target.Destination is null, !target.Fault.IsNone, "a fault comes without a target");
        if (target.Destination is not { } destination) return;
        Addresses.Check(destination);
        if (upgrade is not null && target.Username is null == target.Password is null
            && (target.Username is null || System.Text.Unicode.Utf8.IsValid(target.Username)))
            CheckWritten(upgrade, target);
    }

    private static void CheckWritten(WebSocketRequest upgrade, WebSocketTarget target)
    {
        HttpHeadWriter writer = new();
        string? name = target.Username is null ? null : Encoding.UTF8.GetString(target.Username);
        WebSocketRequest.Write(writer, "a", "/", upgrade.Key, upgrade.Protocol, null);
        WebSocketTarget.Write(writer, target.Destination!, name, target.Password);
        writer.End();
        ReadOnlySpan<byte> written = writer.Written.Span;
        HttpRequestHead? head = HttpRequestHead.Parse(written, out HttpFault fault);
        Claim.That(head is not null, $"a request that was written is not read: {fault.Text}");
        WebSocketRequest? again = WebSocketRequest.Parse(head!, written, out fault);
        Claim.That(again is not null, $"an upgrade that was written is not read: {fault.Text}");
        Claim.Same(upgrade.Key, again!.Key, "a key");
        // Two fields of which the last is empty end in a comma and a blank, which is not part of a value.
        Claim.Same(upgrade.Protocol?.Trim(' ', '\t'), again.Protocol, "a subprotocol");
        WebSocketTarget same = WebSocketTarget.Parse(head!, written);
        Claim.Same(target.Destination, same.Destination, "a target");
        Claim.SameBytes(target.Username ?? [], same.Username ?? [], "a user");
        Claim.SameBytes(target.Password ?? [], same.Password ?? [], "a password");
    }
}
