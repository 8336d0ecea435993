using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Nodes;

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
    }

    public IStoreSchema Schema { get; }

    public IChangeFeed Changes { get; }

    public INodeStore Nodes { get; }

    public ILockoutStore Lockouts { get; }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
