using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>What went through a server, or all nodes of a fleet, in a period: of a user, an exit, an inbound, as it was asked for.</summary>
public sealed class MxTraffic
{
    internal MxTraffic(ServerOrigin origin, TrafficRow total, TrafficPeriod period, long bytesOfAll, TrafficRow? lastWeek, MxTrafficPoint[] points)
    {
        (Server, Socket, Node) = origin;
        User = total.User;
        Exit = total.Exit;
        Inbound = total.Inbound;
        Label = period.LabelOf(total, Node);
        From = period.Since;
        Until = period.Until;
        Step = period.Length;
        Sessions = total.Sessions;
        Failed = total.Failed;
        BytesUp = total.BytesUp;
        BytesDown = total.BytesDown;
        DialP95Ms = total.DialP95Ms;
        Share = bytesOfAll > 0 ? Math.Round((double)Bytes / bytesOfAll, 4) : 0;
        if (lastWeek is { } before && before.BytesUp + before.BytesDown is > 0 and var then) ChangeToLastWeek = Math.Round((double)Bytes / then - 1, 4);
        Points = points;
    }

    /// <summary>The server's name; of a fleet that of the server that asked.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The node of the fleet; null where it was not asked by node.</summary>
    public string? Node { get; }

    /// <summary>The user; null where there was none, or where it was not asked by user.</summary>
    public string? User { get; }

    /// <summary>The exit; null where none was chosen, or where it was not asked by exit.</summary>
    public string? Exit { get; }

    /// <summary>The inbound; null where it was not asked by inbound.</summary>
    public string? Inbound { get; }

    /// <summary>Those of them that were asked by, in one text.</summary>
    public string Label { get; }

    /// <summary>The begin of the period.</summary>
    public DateTimeOffset From { get; }

    /// <summary>The end of the period.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>Sessions that began in it.</summary>
    public long Sessions { get; }

    /// <summary>Those of them that were refused, or whose target was not reached.</summary>
    public long Failed { get; }

    /// <summary>Bytes from clients to targets that moved in it.</summary>
    public long BytesUp { get; }

    /// <summary>Bytes from targets to clients that moved in it.</summary>
    public long BytesDown { get; }

    /// <summary>Both.</summary>
    public long Bytes => BytesUp + BytesDown;

    /// <summary>What 95 of 100 dials that succeeded did not exceed, in milliseconds; null where there was none. Of several nodes the greatest of
    /// theirs.</summary>
    public double? DialP95Ms { get; }

    /// <summary>The part of all bytes of the server, or the fleet, in the period, 0 to 1.</summary>
    public double Share { get; }

    /// <summary>How its bytes differ from those of the same hours a week earlier: 0.25 is a quarter more; null where there were none.</summary>
    public double? ChangeToLastWeek { get; }

    /// <summary>The length of a point.</summary>
    public TimeSpan Step { get; }

    /// <summary>The same by steps, oldest first, with those in which nothing went through.</summary>
    public MxTrafficPoint[] Points { get; }

    /// <summary>What it is of.</summary>
    public override string ToString() => Label;
}
