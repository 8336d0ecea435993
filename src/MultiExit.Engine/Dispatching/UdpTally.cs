using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Dispatching;

/// <summary>What the record of one destination of an association needs. Belongs to the lock of its <see cref="UdpTallies"/>.</summary>
internal sealed class UdpTally
{
    /// <summary>The number within the association, from 1.</summary>
    public required int Number { get; init; }

    public required Destination Destination { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>When it began, on the monotonic clock.</summary>
    public required long Began { get; init; }

    /// <summary>When its last datagram passed.</summary>
    public long LastActive { get; set; }

    public Route? Route { get; set; }

    /// <summary>The exit that serves it; where none did, the one that failed.</summary>
    public IExit? Exit { get; set; }

    /// <summary>The flow that its datagrams leave by; null before the first one has left.</summary>
    public IDatagramFlow? Flow { get; set; }

    /// <summary>Address and port that they leave from, and go to.</summary>
    public LeftConnection? Left { get; set; }

    public long BytesUp { get; set; }

    public long BytesDown { get; set; }

    /// <summary>When the first datagram came back; null before.</summary>
    public long? Answered { get; set; }

    /// <summary>Why no datagram has left.</summary>
    public DialFailure Failure { get; set; }

    /// <summary>The same in words.</summary>
    public string? Detail { get; set; }

    /// <summary>The record.</summary>
    /// <param name="association">The association's own record.</param>
    /// <param name="outcome">How the association ends, or how this destination alone ends.</param>
    /// <param name="time">The clock.</param>
    public SessionRecord ToRecord(SessionRecord association, SessionOutcome outcome, TimeProvider time)
    {
        TimeSpan took = time.GetElapsedTime(Began);
        bool left = Flow is not null;
        IPAddress? resolved = Destination.IsDomain && Left is { Kind: LeftKind.Target } ? Left.Peer.Address : null;
        return association with
        {
            Flow = Number,
            Started = Started,
            Ended = Started + took,
            Destination = Destination.ToString(),
            Resolved = resolved,
            Rule = Route?.RuleIndex + 1,
            Group = Route?.Exit.Group is null ? null : Route.Exit.Name,
            Exit = Exit?.Name,
            Attempts = [],
            Source = Left?.Source,
            Peer = Left?.Peer,
            Leads = Left is null ? null : Session.Word(Left.Kind),
            BytesUp = BytesUp,
            BytesDown = BytesDown,
            HandshakeMs = null,
            RouteMs = null,
            ResolveMs = null,
            DialMs = null,
            FirstByteUpMs = null,
            FirstByteMs = Answered is { } answered ? Math.Round(time.GetElapsedTime(Began, answered).TotalMilliseconds, 3) : null,
            DurationMs = Math.Round(took.TotalMilliseconds, 3),
            Outcome = left || Failure == DialFailure.None ? outcome : DialOutcome.Of(Failure),
            Detail = left ? null : Detail,
        };
    }
}
