using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Status;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>The members of fleets as rows of <c>multiexit.node</c>.</summary>
internal sealed class PostgresNodes(PostgresDatabase database) : INodeStore
{
    private const string Join = """
        INSERT INTO multiexit.node AS node (fleet, name, epoch, instance, version, labels, joined, seen, has_left)
        VALUES ($1, $2, $6 + 1, $3, $4, $5, clock_timestamp(), clock_timestamp(), false)
        ON CONFLICT (fleet, name) DO UPDATE SET
            epoch = greatest(node.epoch, $6) + CASE WHEN node.instance = excluded.instance THEN 0 ELSE 1 END,
            joined = CASE WHEN node.instance = excluded.instance THEN node.joined ELSE excluded.joined END,
            instance = excluded.instance, version = excluded.version, labels = excluded.labels, seen = excluded.seen, has_left = false
        RETURNING epoch
        """;

    // One that comes behind the leave, since the network held it up, changes nothing any more.
    private const string Beat = """
        UPDATE multiexit.node SET seen = clock_timestamp()
        WHERE fleet = $1 AND name = $2 AND instance = $3 AND epoch = $4 AND NOT has_left
        """;

    private const string Leave = """
        UPDATE multiexit.node SET has_left = true WHERE fleet = $1 AND name = $2 AND instance = $3 AND epoch = $4
        """;

    // Others may have written more than this program would.
    private const string List = """
        SELECT name, epoch, joined, extract(epoch FROM clock_timestamp() - seen)::float8, has_left, left(version, 64),
            ARRAY(SELECT label FROM unnest(labels) AS label WHERE length(label) <= 64 LIMIT 16)
        FROM multiexit.node WHERE fleet = $1 AND length(name) <= 64 AND isfinite(seen) AND isfinite(joined) ORDER BY name COLLATE "C" LIMIT $2
        """;

    public Task<long> JoinAsync(NodeEntry node, long above, CancellationToken cancellationToken) => database.UseAsync(
        connection => connection.ReadNumberAsync(
            Join, cancellationToken, node.Fleet, node.Name, node.Instance, node.Version, node.Labels.ToArray(), above),
        cancellationToken);

    public Task<long> BeatAsync(NodeEntry node, long epoch, CancellationToken cancellationToken) => database.UseAsync(
        async connection =>
            await connection.ExecuteAsync(Beat, cancellationToken, node.Fleet, node.Name, node.Instance, epoch).ConfigureAwait(false) > 0 ? epoch
            : await connection.ReadNumberAsync("SELECT epoch FROM multiexit.node WHERE fleet = $1 AND name = $2", cancellationToken, node.Fleet, node.Name)
                .ConfigureAwait(false),
        cancellationToken);

    public Task LeaveAsync(NodeEntry node, long epoch, CancellationToken cancellationToken) => database.UseAsync(
        connection => connection.ExecuteAsync(Leave, cancellationToken, node.Fleet, node.Name, node.Instance, epoch), cancellationToken);

    public Task<IReadOnlyList<NodeStatus>> ListAsync(string fleet, CancellationToken cancellationToken) => database.UseAsync<IReadOnlyList<NodeStatus>>(
        async connection => await connection.ReadRowsAsync(
            List, reader => NameText.IsValid(reader.GetString(0)) ? Read(reader) : null, cancellationToken, fleet, FleetTimes.MaxNodes).ConfigureAwait(false),
        cancellationToken);

    private static NodeStatus Read(NpgsqlDataReader reader)
    {
        // A clock that was set back makes the last sign of life one of the future.
        TimeSpan silence = TimeSpan.FromSeconds(Math.Clamp(reader.GetDouble(3), 0, TimeSpan.FromDays(36500).TotalSeconds));
        NodeState state = reader.GetBoolean(4) ? NodeState.Left : silence < FleetTimes.TimeToLive ? NodeState.Alive : NodeState.Silent;
        return new NodeStatus(reader.GetString(0), state, reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), silence,
            LogText.Clean(reader.GetString(5)),
            [.. reader.GetFieldValue<string?[]>(6).OfType<string>().Where(NameText.IsValid).Take(FleetConfig.MaxLabels)]);
    }
}
