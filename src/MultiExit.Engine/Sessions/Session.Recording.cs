using MultiExit.Engine.DataPath;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <content>What the session leaves for its record. Nothing of it is on the way of its bytes but the moment of the first ones.</content>
internal partial class Session
{
    private SessionTimes _times;
    private volatile string? _failedExit;
    private volatile string? _detail;
    private int? _rule;
    private string? _group;

    /// <summary>What its dials leave.</summary>
    public DialTrace Trace { get; } = new();

    /// <summary>The exit whose dial failed; null: none did.</summary>
    public string? FailedExit => _failedExit;

    /// <summary>From its request to now.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(_times.DurationMs(Time));

    /// <summary>The clock.</summary>
    protected TimeProvider Time => table.Time;

    /// <summary>It is in the table; times count from here.</summary>
    public void Begin() => _times.Begin(Time);

    /// <summary>Says which rule sent it where.</summary>
    /// <param name="ruleIndex">The rule, from 0; null for the default.</param>
    /// <param name="exit">The exit or group.</param>
    public void RoutedBy(int? ruleIndex, IExit exit)
    {
        _rule = ruleIndex + 1;
        _group = exit.Group is null ? null : exit.Name;
        _times.Routed(Time);
    }

    /// <summary>Says that the dial has ended.</summary>
    /// <param name="failedExit">The exit that failed; null: it succeeded.</param>
    /// <param name="detail">Why, in words.</param>
    public void DialEnded(string? failedExit = null, string? detail = null)
    {
        _failedExit = failedExit;
        _detail = detail;
        _times.Dialed(Time);
    }

    /// <summary>Says why it failed, in words, where that is known before its end.</summary>
    public void FailedWith(string detail) => _detail = detail;

    /// <summary>The record as of now.</summary>
    /// <param name="ended">Whether the session has ended.</param>
    public virtual SessionRecord ToRecord(bool ended)
    {
        LeftConnection? left = Trace.Left;
        double durationMs = _times.DurationMs(Time);
        return new()
        {
            Id = Id,
            Started = Started,
            Ended = ended ? Started + TimeSpan.FromMilliseconds(durationMs) : null,
            Inbound = Request.Inbound,
            Protocol = Request.Protocol,
            Network = Request.Network == Network.Udp ? "udp" : "tcp",
            Client = Request.Client,
            Local = Request.Local,
            User = Request.User,
            Login = Request.Login,
            SessionKey = table.Keys.Show(Request.Session),
            ProxiedName = Request.ProxiedName,
            ProxiedId = Request.ProxiedId,
            Destination = Request.Destination.ToString(),
            Resolved = Trace.Resolved,
            Rule = _rule,
            Group = _group,
            Exit = Exit ?? _failedExit,
            Attempts = Trace.Select(ToStatus),
            Source = left?.Source,
            Peer = left?.Peer,
            Leads = left is null ? null : Word(left.Kind),
            BytesUp = BytesUp,
            BytesDown = BytesDown,
            HandshakeMs = Request.Handshake is { } handshake ? Math.Round(handshake.TotalMilliseconds, 3) : null,
            RouteMs = _times.RouteMs(Time),
            ResolveMs = Trace.Resolving is { } resolving ? Math.Round(resolving.TotalMilliseconds, 3) : null,
            DialMs = _times.DialMs(Time),
            FirstByteUpMs = _times.FirstUpMs(Time),
            FirstByteMs = _times.FirstDownMs(Time),
            DurationMs = durationMs,
            Outcome = ended ? Outcome : null,
            Detail = _detail,
        };
    }

    private static SessionAttempt ToStatus(DialAttempt attempt) => new(
        attempt.Exit, Math.Round(attempt.Took.TotalMilliseconds, 3), attempt.Failure == DialFailure.None ? null : DialOutcome.Of(attempt.Failure));

    /// <summary>The word for what a connection leads to.</summary>
    public static string Word(LeftKind kind) => kind switch
    {
        LeftKind.Target => "target",
        LeftKind.Proxy => "proxy",
        _ => "carrier",
    };
}
