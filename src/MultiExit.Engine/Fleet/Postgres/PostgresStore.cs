using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Fleet.Quotas;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Fleet.Rollouts;

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
        Records = new PostgresRecords(_database);
        Leases = new PostgresLeases(_database);
        Replays = new PostgresReplays(_database);
    }

    public IStoreSchema Schema { get; }

    public IChangeFeed Changes { get; }

    public INodeStore Nodes { get; }

    public ILockoutStore Lockouts { get; }

    public IRolloutStore Rollouts { get; }

    public IQuotaStore Quotas { get; }

    public ISharedRecordStore Records { get; }

    public ILeaseStore Leases { get; }

    public IReplayStore Replays { get; }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
