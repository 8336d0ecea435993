using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Multiplexing;

namespace MultiExit.Engine.States;

/// <summary>What is known of the pools of an exit, as it was built for one configuration.</summary>
/// <param name="health">The carriers of all exits of that name, those of later configurations too; its lock guards what is here.</param>
internal sealed class CarrierWatch(CarrierHealth health)
{
    private readonly List<Pool> _pools = [];

    private enum PoolState
    {
        /// <summary>Nobody has asked for a carrier yet.</summary>
        Idle,

        /// <summary>There is none, and the first attempt to open one is not over.</summary>
        Opening,

        Open,

        /// <summary>There is none, and an attempt to open one has failed.</summary>
        Failed,
    }

    /// <summary>Whether a pool has a carrier.</summary>
    public bool HasCarriers => _pools.Exists(pool => pool.State == PoolState.Open);

    /// <summary>Whether none has one, and all that were asked for one have failed.</summary>
    public bool HasFailed => _pools.Exists(pool => pool.State == PoolState.Failed) && !_pools.Exists(pool => pool.State is PoolState.Open or PoolState.Opening);

    /// <summary>Why the last carrier ended; null before that.</summary>
    public string? Loss { get; private set; }

    /// <summary>Why the last attempt failed; null before that.</summary>
    public string? Failure { get; private set; }

    /// <summary>The later of the two.</summary>
    public string? LastError { get; private set; }

    /// <summary>Adds a pool, before the exit is in use.</summary>
    public ICarrierWatch Add()
    {
        Pool pool = new(this, health);
        _pools.Add(pool);
        return pool;
    }

    /// <summary>The exit is in force: from now on it is what the name stands for.</summary>
    public void Begin() => health.Use(this);

    private sealed class Pool(CarrierWatch watch, CarrierHealth health) : ICarrierWatch
    {
        public PoolState State { get; private set; }

        public void Opening()
        {
            lock (health.Sync)
                if (State == PoolState.Idle) State = PoolState.Opening;
        }

        public void Opened()
        {
            lock (health.Sync)
            {
                State = PoolState.Open;
                health.Look(watch);
            }
        }

        public void Lost(Exception? reason)
        {
            lock (health.Sync)
            {
                // One that was going away, after which none could be opened.
                if (State != PoolState.Open) return;
                State = PoolState.Opening;
                watch.LastError = watch.Loss = Words(reason) ?? "the peer closed the carrier";
                health.Look(watch);
            }
        }

        public void Failed(Exception reason)
        {
            lock (health.Sync)
            {
                State = PoolState.Failed;
                watch.LastError = watch.Failure = Words(reason);
                health.Look(watch);
            }
        }

        // What a server said may be in it, and tables show it.
        private static string? Words(Exception? reason) => reason is null ? null : LogText.Clean(reason.Message);
    }
}
