using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>What went through a server in one step of a period.</summary>
public sealed class MxTrafficPoint
{
    internal MxTrafficPoint(DateTimeOffset from, TrafficRow? row)
    {
        From = from;
        Sessions = row?.Sessions ?? 0;
        Failed = row?.Failed ?? 0;
        BytesUp = row?.BytesUp ?? 0;
        BytesDown = row?.BytesDown ?? 0;
        DialP95Ms = row?.DialP95Ms;
    }

    /// <summary>The begin of the step.</summary>
    public DateTimeOffset From { get; }

    /// <summary>Sessions that began in it.</summary>
    public long Sessions { get; }

    /// <summary>Those of them that were refused, or whose target was not reached.</summary>
    public long Failed { get; }

    /// <summary>Bytes from clients to targets.</summary>
    public long BytesUp { get; }

    /// <summary>Bytes from targets to clients.</summary>
    public long BytesDown { get; }

    /// <summary>What 95 of 100 dials did not exceed, in milliseconds; null where there was none.</summary>
    public double? DialP95Ms { get; }

    /// <summary>The begin and the bytes.</summary>
    public override string ToString() => $"{TableText.Time(From)}: {TableText.Size(BytesUp + BytesDown)}";
}
