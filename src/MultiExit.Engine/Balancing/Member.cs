using MultiExit.Engine.DataPath;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Balancing;

/// <summary>An exit or group as member of a group.</summary>
/// <param name="exit">The exit or group.</param>
/// <param name="state">Its state.</param>
/// <param name="weight">Its configured share.</param>
internal sealed class Member(IExit exit, ExitState state, int weight)
{
    private volatile bool _isGone;

    public IExit Exit { get; } = exit;

    public ExitState State { get; } = state;

    /// <summary>What it has to its credit with the strategy <c>weighted</c>. Under the lock of the strategy.</summary>
    public long Credit { get; set; }

    /// <summary>Its share with the strategy <c>weighted</c>.</summary>
    public int Weight => State.WeightInForce(weight);

    /// <summary>The member's value in rendezvous hashing.</summary>
    public ulong Hash { get; } = Rendezvous.HashOf(exit.Name);

    /// <summary>Live sessions and dials under way; of a group, those of its members.</summary>
    public int Load => Exit.Group?.Load ?? State.Load;

    /// <summary>Whether new connections may go to it.</summary>
    public bool IsAvailable => CanBeUsed && (Exit.Group?.HasAvailable ?? State.Health.IsUp);

    /// <summary>Its health; of a group, that of its members.</summary>
    public ExitHealthStatus Health => Exit.Group?.Health ?? State.Health.Status;

    /// <summary>Whether it may be tried at least, up or not.</summary>
    public bool CanBeUsed => !State.Disabled && State.Refusal is null && State.Limit?.Reached is null && !_isGone;

    /// <summary>Whether it is no member any more.</summary>
    public bool IsGone => _isGone;

    /// <summary>It is no member any more; dials that have the members of a moment ago choose another one.</summary>
    public void Leave() => _isGone = true;

    /// <summary>Why no new connections may go to it; null when they may.</summary>
    public string? Unavailability => this switch
    {
        { State.Disabled: true } => "disabled by an operator",
        { _isGone: true } => "no member any more",
        { State.Refusal: { } refusal } => refusal,
        { State.Limit.Reached: { } reached } => reached,
        { IsAvailable: true } => null,
        { Exit.Group: not null } => "none of its members is up",
        _ => $"down: {State.Health.Status.Reason}",
    };
}
