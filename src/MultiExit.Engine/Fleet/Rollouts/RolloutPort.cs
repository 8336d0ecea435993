using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>Where a server and the rollouts of its fleet meet: a work of the fleet reads the store, the server puts versions in force. Thread-safe.</summary>
internal sealed class RolloutPort
{
    private volatile IFleetFollower? _follower;
    private volatile RolloutStatus? _status;
    private volatile Action _wake = static () => { };
    private volatile string? _stranger;

    /// <summary>The server; null: it cannot change its configuration, or not yet.</summary>
    public IFleetFollower? Follower
    {
        get => _follower;
        set
        {
            _follower = value;
            _wake();
        }
    }

    /// <summary>The newest version as the store last said; null: there is none, or it is not known.</summary>
    public RolloutStatus? Status
    {
        get => _status;
        set => _status = value;
    }

    /// <summary>Why the server runs what the store does not have; null: it does not.</summary>
    public string? Stranger
    {
        get => _stranger;
        set => _stranger = value;
    }

    /// <summary>What operators have to know now.</summary>
    public IEnumerable<ServerWarning> Warnings => (_follower?.State.Diverged ?? _stranger) is { } what ? [Diagnostics.Warnings.FleetDiverged(what)] : [];

    /// <summary>Asks for a look at the store.</summary>
    public void Wake() => _wake();

    /// <summary>Says who looks at the store.</summary>
    public void UseWake(Action wake) => _wake = wake;

    /// <summary>Nobody does any more, unless somebody else has begun since.</summary>
    public void DropWake(Action wake)
    {
        if (_wake == wake) _wake = static () => { };
    }
}
