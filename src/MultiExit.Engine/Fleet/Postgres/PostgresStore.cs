using MultiExit.Engine.Configuration.Settings;
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

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>A store in PostgreSQL.</summary>
internal sealed class PostgresStore : IFleetStore
{
    private readonly PostgresDatabase _database;

    public PostgresStore(FleetConfig config)
    {
        _database = new PostgresDatabase(config);
        Schema = new PostgresSchema(_database);
        Changes = new PostgresFeed(_database);
        Nodes = new PostgresNodes(_database);
        Lockouts = new PostgresLockouts(_database);
        Rollouts = new PostgresRollouts(_database);
        Quotas = new PostgresQuotas(_database);
        Shares = new PostgresShares(_database);
        Pins = new PostgresPins(_database);
        Records = new PostgresRecords(_database);
        Leases = new PostgresLeases(_database);
        Questions = new PostgresQuestions(_database);
        Replays = new PostgresReplays(_database);
    }

    public IStoreSchema Schema { get; }

    public IChangeFeed Changes { get; }

    public INodeStore Nodes { get; }

    public ILockoutStore Lockouts { get; }

    public IRolloutStore Rollouts { get; }

    public IQuotaStore Quotas { get; }

    public IShareStore Shares { get; }

    public IPinStore Pins { get; }

    public ISharedRecordStore Records { get; }

    public ILeaseStore Leases { get; }

    public IQuestionStore Questions { get; }

    public IReplayStore Replays { get; }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
