namespace MultiExit.Engine.Status;

/// <summary>What a server has counted since its start, which the process that takes over from it goes on from.</summary>
internal sealed record ServerTotals
{
    /// <summary>Live sessions.</summary>
    public int Live { get; init; }

    /// <summary>Client connections.</summary>
    public int Connections { get; init; }

    /// <summary>All sessions.</summary>
    public long Sessions { get; init; }

    /// <summary>Bytes from clients.</summary>
    public long BytesUp { get; init; }

    /// <summary>Bytes to clients.</summary>
    public long BytesDown { get; init; }

    /// <summary>See <see cref="ServerStatus.Rejected"/>.</summary>
    public long Rejected { get; init; }

    /// <summary>See <see cref="ServerStatus.Failed"/>.</summary>
    public long Failed { get; init; }

    /// <summary>See <see cref="ServerStatus.RefusedHandshakes"/>.</summary>
    public long RefusedHandshakes { get; init; }

    /// <summary>See <see cref="ServerStatus.Faults"/>.</summary>
    public long Faults { get; init; }

    /// <summary>See <see cref="ServerStatus.FailedLogins"/>.</summary>
    public long FailedLogins { get; init; }

    /// <summary>See <see cref="ServerStatus.DroppedDatagrams"/>.</summary>
    public long DroppedDatagrams { get; init; }

    /// <summary>Each user, by the name that limits know it by.</summary>
    public IReadOnlyList<UserTotal> Users { get; init; } = [];

    /// <summary>Each exit and group that was used.</summary>
    public IReadOnlyList<ExitTotal> Exits { get; init; } = [];

    /// <summary>The same when the process has ended: nothing of it is live.</summary>
    public ServerTotals Ended() => this with { Live = 0, Connections = 0, Users = [.. Users.Select(user => user with { Live = 0 })] };
}
