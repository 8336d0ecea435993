using System.Net;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Fleet.Lockouts;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Lockouts as rows of <c>multiexit.lockout</c>.</summary>
internal sealed class PostgresLockouts(PostgresDatabase database) : ILockoutStore
{
    private const string Write = """
        WITH change AS (
            INSERT INTO multiexit.change AS change (fleet, topic, version) VALUES ($1, $2, 1)
            ON CONFLICT (fleet, topic) DO UPDATE SET version = change.version + 1 RETURNING version)
        INSERT INTO multiexit.lockout (fleet, client, until, node, version)
        SELECT $1, client, clock_timestamp() + lasts * interval '1 second', $5, change.version
        FROM change, unnest($3::text[], $4::float8[]) AS written (client, lasts)
        ON CONFLICT (fleet, client) DO UPDATE SET until = excluded.until, node = excluded.node, version = excluded.version
        """;

    private const string Read = """
        SELECT client, extract(epoch FROM until - clock_timestamp())::float8, node FROM multiexit.lockout
        WHERE fleet = $1 AND version > $2 AND ($2 >= 0 OR until > clock_timestamp()) AND isfinite(until) AND length(node) <= 64
        ORDER BY version DESC LIMIT $3
        """;

    // As long as a configuration may say.
    private static readonly TimeSpan MaxLasts = TimeSpan.FromDays(30);

    // A node that was away for longer reads everything that holds.
    private const string Clean = "DELETE FROM multiexit.lockout WHERE fleet = $1 AND until < clock_timestamp() - interval '1 hour'";

    public Task WriteAsync(FleetMember member, IReadOnlyList<SharedLockout> lockouts, CancellationToken cancellationToken) =>
        database.UseAsync(async connection =>
        {
            await connection.ExecuteAsync(Write, cancellationToken, member.Fleet, SharedLockouts.Name,
                lockouts.Select(lockout => lockout.Client.ToString()).ToArray(), lockouts.Select(lockout => lockout.Lasts.TotalSeconds).ToArray(), member.Node)
                .ConfigureAwait(false);
            return await connection.NotifyAsync(member.Fleet, SharedLockouts.Name, cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    public Task<LockoutChanges> ReadAsync(string fleet, long? since, CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        // Before the rows: what is written in between is read again and not missed.
        long version = await connection.ReadVersionAsync(fleet, SharedLockouts.Name, cancellationToken).ConfigureAwait(false);
        long? from = version < since ? null : since;
        if (from is null) await connection.ExecuteAsync(Clean, cancellationToken, fleet).ConfigureAwait(false);
        else if (from == version) return new LockoutChanges(version, []);
        return new LockoutChanges(
            version, await connection.ReadRowsAsync(Read, ReadRow, cancellationToken, fleet, from ?? -1, SharedLockouts.MaxRead).ConfigureAwait(false));
    }, cancellationToken);

    private static SharedLockout? ReadRow(NpgsqlDataReader reader)
    {
        if (!IPAddress.TryParse(reader.GetString(0), out IPAddress? client) || !NameText.IsValid(reader.GetString(2))) return null;
        return new SharedLockout(client, TimeSpan.FromSeconds(Math.Clamp(reader.GetDouble(1), 0, MaxLasts.TotalSeconds)), reader.GetString(2));
    }
}
