using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Through a WebSocket proxy (docs/protocols.md).</summary>
public sealed record WebSocketExitConfig : ProxyExitConfig
{
    internal static readonly DurationRange ReplyWaitRange = new("reply_wait", TimeSpan.Zero, TimeSpan.FromSeconds(30));
    internal static readonly DurationRange LingerRange = new("linger", TimeSpan.Zero, TimeSpan.FromHours(1));

    /// <inheritdoc/>
    public override string Type => "websocket";

    /// <summary>The path of the URL, as it goes into the request.</summary>
    public string Path { get; init; } = "/";

    /// <summary>How long a server that accepts before it dials is watched for the end that means a failed dial, before the client's request is
    /// answered with success (key <c>reply_wait</c>, 0 s to 30 s, default 0: only what comes along with its answer counts). A MultiExit server is
    /// not waited for.</summary>
    public TimeSpan ReplyWait { get; init; }

    /// <summary>How long a server that knows no half-close may be silent after the client has sent all, before the close frame that ends both
    /// directions leaves (key <c>linger</c>, 0 s to 1 h, default 10 s; 0 s: at once).</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Signs of life.</summary>
    public WebSocketPing Ping { get; init; } = new();

    internal override void Check(ValueCheck check)
    {
        base.Check(check);
        check.Check(ReplyWaitRange, ReplyWait);
        check.Check(LingerRange, Linger);
        Ping.Check(check);
    }
}
