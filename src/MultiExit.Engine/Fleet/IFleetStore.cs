using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Fleet.Pins;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Fleet.Quotas;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Fleet.Shares;

namespace MultiExit.Engine.Fleet;

/// <summary>What the nodes of a fleet share: one interface for each concern. Every call may hang or fail.</summary>
internal interface IFleetStore : IAsyncDisposable
{
    /// <summary>The version of what is stored.</summary>
    IStoreSchema Schema { get; }

    /// <summary>What others have changed.</summary>
    IChangeFeed Changes { get; }

    /// <summary>Who is a member.</summary>
    INodeStore Nodes { get; }

    /// <summary>Which clients are locked out.</summary>
    ILockoutStore Lockouts { get; }

    /// <summary>Which configuration nodes run.</summary>
    IRolloutStore Rollouts { get; }

    /// <summary>What users have used of their quotas.</summary>
    IQuotaStore Quotas { get; }

    /// <summary>The shares of limits of users.</summary>
    IShareStore Shares { get; }

    /// <summary>Which exits clients of sticky groups are bound to.</summary>
    IPinStore Pins { get; }

    /// <summary>The records of sessions of all nodes.</summary>
    ISharedRecordStore Records { get; }

    /// <summary>Which node may use an address.</summary>
    ILeaseStore Leases { get; }

    /// <summary>What nodes ask each other for operators.</summary>
    IQuestionStore Questions { get; }

    /// <summary>Which handshakes nodes have answered.</summary>
    IReplayStore Replays { get; }
}
