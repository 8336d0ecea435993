using MultiExit.Engine.Status;

namespace MultiExit.Engine.Takeover;

/// <summary>A message between the process that runs and the one that takes over.</summary>
/// <param name="Kind">What it says.</param>
internal sealed record TakeoverMessage(TakeoverStep Kind)
{
    /// <summary>Of <see cref="TakeoverStep.Offer"/>.</summary>
    public TakeoverOffer? Offer { get; init; }

    /// <summary>Of <see cref="TakeoverStep.State"/>.</summary>
    public TakeoverState? State { get; init; }

    /// <summary>Of <see cref="TakeoverStep.Totals"/>.</summary>
    public ServerTotals? Totals { get; init; }

    /// <summary>Of <see cref="TakeoverStep.Ended"/>.</summary>
    public SessionRecord? Record { get; init; }

    /// <summary>Of <see cref="TakeoverStep.Ready"/>: the id of the process.</summary>
    public int Process { get; init; }

    /// <summary>Of <see cref="TakeoverStep.Refused"/>: the reason, a sentence.</summary>
    public string? Text { get; init; }

    /// <summary>Of <see cref="TakeoverStep.Leases"/>.</summary>
    public IReadOnlyList<HandedLease> Leases { get; init; } = [];

    /// <summary>Of <see cref="TakeoverStep.Draining"/>: the second sockets of the process and of those before it that drain still.</summary>
    public IReadOnlyList<string> Sockets { get; init; } = [];
}
