using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>A store in PostgreSQL.</summary>
internal sealed class PostgresStore : IFleetStore
{
    private readonly PostgresDatabase _database;

    public PostgresStore(FleetConfig config)
    {
        _database = new PostgresDatabase(config);
        Schema = new PostgresSchema(_database);
        Nodes = new PostgresNodes(_database);
    }

    public IStoreSchema Schema { get; }

    public INodeStore Nodes { get; }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
