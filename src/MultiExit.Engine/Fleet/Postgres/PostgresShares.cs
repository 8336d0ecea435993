using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Fleet.Shares;
using MultiExit.Engine.Sessions.Limits;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Shares of limits as rows of <c>multiexit.share</c>.</summary>
internal sealed class PostgresShares(PostgresDatabase database) : IShareStore
{
    private static readonly (ShareKind Kind, string Name)[] Kinds =
        [(ShareKind.Connections, "connections"), (ShareKind.Associations, "udp"), (ShareKind.New, "new"), (ShareKind.Up, "up"), (ShareKind.Down, "down")];

    // Holds the row until the end of the transaction, so that the statement behind it sees what all others have.
    private const string Begin = """
        INSERT INTO multiexit.change AS change (fleet, topic, version) VALUES ($1, $2, 1)
        ON CONFLICT (fleet, topic) DO UPDATE SET version = change.version + 1
        """;

    // What ends later than it can have been granted for is the word of a clock that was set back, or of somebody else.
    private const string Settle = """
        WITH asked AS (
            SELECT asked.* FROM unnest($5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
                AS asked (account, kind, demand, used, wanted, most)
            WHERE EXISTS (SELECT FROM multiexit.node WHERE fleet = $1 AND name = $2 AND epoch = $3)),
        others AS (
            SELECT account, kind, least(sum(granted), 1099511627776)::bigint AS granted FROM multiexit.share JOIN asked USING (account, kind)
            WHERE fleet = $1 AND node <> $2 AND until BETWEEN clock_timestamp() AND clock_timestamp() + 2 * $11 * interval '1 second'
            GROUP BY account, kind)
        INSERT INTO multiexit.share AS own (fleet, account, kind, node, epoch, sequence, demand, used, granted, until)
        SELECT $1, account, kind, $2, $3, $4, asked.demand, asked.used,
            greatest(asked.used, least(asked.wanted, asked.most - coalesce(others.granted, 0)), 0), clock_timestamp() + $11 * interval '1 second'
        FROM asked LEFT JOIN others USING (account, kind)
        ON CONFLICT (fleet, account, kind, node) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence, demand = excluded.demand,
            used = excluded.used, granted = excluded.granted, until = excluded.until
        WHERE (own.epoch, own.sequence) < (excluded.epoch, excluded.sequence)
        RETURNING account, kind, granted
        """;

    private const string Read = """
        SELECT account, kind, node, demand, used FROM multiexit.share
        WHERE fleet = $1 AND node <> $2 AND account = ANY ($3::text[]) AND until BETWEEN clock_timestamp() AND clock_timestamp() + 2 * $4 * interval '1 second'
        ORDER BY demand DESC LIMIT $5
        """;

    private const string Release = "DELETE FROM multiexit.share WHERE fleet = $1 AND node = $2 AND epoch = $3";

    private const string Clean = "DELETE FROM multiexit.share WHERE fleet = $1 AND until < clock_timestamp() - interval '1 minute'";

    private static readonly double Lasts = FleetTimes.ShareTimeToLive.TotalSeconds;

    public Task<IReadOnlyList<ShareRow>> ReadAsync(FleetMember member, IReadOnlyList<string> accounts, CancellationToken cancellationToken) =>
        database.UseAsync<IReadOnlyList<ShareRow>>(
            async connection => await connection.ReadRowsAsync(
                Read, ReadRow, cancellationToken, member.Fleet, member.Node, accounts.ToArray(), Lasts, (long)SharedLimits.MaxRead).ConfigureAwait(false),
            cancellationToken);

    public Task<IReadOnlyList<ShareGrant>> SettleAsync(
        FleetMember member, long sequence, IReadOnlyList<ShareDemand> demands, CancellationToken cancellationToken) =>
        database.UseAsync<IReadOnlyList<ShareGrant>>(
            async connection =>
            {
                // One message: a node that stops in the middle of it leaves no lock behind.
                NpgsqlBatch batch = new(connection);
                await using (batch.ConfigureAwait(false))
                {
                    batch.Add(Begin, member.Fleet, SharedLimits.Name);
                    batch.Add(Settle, member.Fleet, member.Node, member.Epoch, sequence, demands.Select(demand => demand.Account).ToArray(),
                        demands.Select(demand => NameOf(demand.Kind)).ToArray(), demands.Select(demand => demand.Demand).ToArray(),
                        demands.Select(demand => demand.Used).ToArray(), demands.Select(demand => demand.Wanted).ToArray(),
                        demands.Select(demand => demand.Limit).ToArray(), Lasts);
                    return await ReadGrantsAsync(batch, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken);

    public Task ReleaseAsync(FleetMember member, CancellationToken cancellationToken) => database.UseAsync(
        connection => connection.ExecuteAsync(Release, cancellationToken, member.Fleet, member.Node, member.Epoch), cancellationToken);

    public Task CleanAsync(FleetMember member, CancellationToken cancellationToken) =>
        database.UseAsync(connection => connection.ExecuteAsync(Clean, cancellationToken, member.Fleet), cancellationToken);

    private static string NameOf(ShareKind kind) => Array.Find(Kinds, known => known.Kind == kind).Name;

    private static ShareRow? ReadRow(NpgsqlDataReader reader) =>
        Array.FindIndex(Kinds, known => known.Name == reader.GetString(1)) is >= 0 and var index && NameText.IsValid(reader.GetString(2))
            ? new ShareRow(reader.GetString(0), Kinds[index].Kind, reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4)) : null;

    private static async Task<IReadOnlyList<ShareGrant>> ReadGrantsAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        List<ShareGrant> grants = [];
        NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                if (Array.FindIndex(Kinds, known => known.Name == reader.GetString(1)) is >= 0 and var index)
                    grants.Add(new ShareGrant(reader.GetString(0), Kinds[index].Kind, reader.GetInt64(2)));
        return grants;
    }
}
