namespace MultiExit.Engine.Status;

/// <summary>A row of the history of a server: what went through it in a period (docs/records.md, History).</summary>
public sealed record TrafficRow
{
    /// <summary>The authenticated user; null where there was none, or where rows are not by user.</summary>
    public string? User { get; init; }

    /// <summary>The exit that served, or failed; null where none was chosen, or where rows are not by exit.</summary>
    public string? Exit { get; init; }

    /// <summary>The inbound; null where rows are not by inbound.</summary>
    public string? Inbound { get; init; }

    /// <summary>The begin of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Sessions that began in it.</summary>
    public long Sessions { get; init; }

    /// <summary>Those of them that were refused, or whose target was not reached.</summary>
    public long Failed { get; init; }

    /// <summary>Bytes from clients to targets that moved in it.</summary>
    public long BytesUp { get; init; }

    /// <summary>Bytes from targets to clients that moved in it.</summary>
    public long BytesDown { get; init; }

    /// <summary>What 95 of 100 dials that succeeded did not exceed, in milliseconds; null where there was none.</summary>
    public double? DialP95Ms { get; init; }
}
