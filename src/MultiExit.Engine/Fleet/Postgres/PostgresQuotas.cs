using MultiExit.Engine.Fleet.Quotas;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Quotas as rows of <c>multiexit.quota</c>.</summary>
internal sealed class PostgresQuotas(PostgresDatabase database) : IQuotaStore
{
    // Holds the row until the end of the transaction, so that the statement behind it sees what all others have reserved.
    private const string Begin = """
        INSERT INTO multiexit.change AS change (fleet, topic, version) VALUES ($1, $2, 1)
        ON CONFLICT (fleet, topic) DO UPDATE SET version = change.version + 1
        """;

    private const string Settle = """
        WITH asked AS (
            SELECT asked.* FROM unnest($6::text[], $7::bigint[], $8::bigint[], $9::bigint[]) AS asked (account, spent, wanted, quota)
            WHERE EXISTS (SELECT FROM multiexit.node WHERE fleet = $1 AND name = $3 AND epoch = $10)),
        others AS (
            SELECT account, least(sum(quota.spent), 2305843009213693952)::bigint AS spent,
                least(sum(CASE WHEN node = $3 THEN quota.spent ELSE greatest(quota.spent, reserved) END), 2305843009213693952)::bigint AS taken
            FROM multiexit.quota AS quota JOIN asked USING (account)
            WHERE fleet = $1 AND month = $4 AND NOT (node = $3 AND ledger = $5) GROUP BY account),
        settled AS (
            INSERT INTO multiexit.quota AS own (fleet, month, account, node, ledger, epoch, sequence, spent, reserved, version)
            SELECT $1, $4, asked.account, $3, $5, $10, $11, asked.spent,
                greatest(asked.spent, least(asked.wanted, asked.quota - coalesce(others.taken, 0))),
                (SELECT version FROM multiexit.change WHERE fleet = $1 AND topic = $2)
            FROM asked LEFT JOIN others USING (account)
            ON CONFLICT (fleet, month, account, node, ledger) DO UPDATE SET
                epoch = excluded.epoch, sequence = excluded.sequence, version = excluded.version,
                spent = greatest(own.spent, excluded.spent), reserved = greatest(own.spent, excluded.reserved)
            WHERE (own.epoch, own.sequence) < (excluded.epoch, excluded.sequence)
            RETURNING account, spent, reserved)
        SELECT settled.account, settled.spent, settled.reserved, coalesce(others.spent, 0), coalesce(others.taken, 0)
        FROM settled LEFT JOIN others USING (account)
        """;

    private const string Read = """
        SELECT account, least(sum(spent), 2305843009213693952)::bigint,
            least(sum(CASE WHEN node = $3 THEN spent ELSE greatest(spent, reserved) END), 2305843009213693952)::bigint
        FROM multiexit.quota WHERE fleet = $1 AND month = $2 AND NOT (node = $3 AND ledger = $4) AND ($5 = 0 OR account IN (
            SELECT account FROM multiexit.quota WHERE fleet = $1 AND month = $2 AND version > $5))
        GROUP BY account LIMIT $6
        """;

    // The month before is left for those who look at it.
    private const string Clean = """
        DELETE FROM multiexit.quota WHERE fleet = $1 AND month < to_char(clock_timestamp() AT TIME ZONE 'UTC' - interval '2 months', 'YYYY-MM')
        """;

    public Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken) => database.UseAsync(
        async connection => DateTimeOffset.UnixEpoch.AddMilliseconds(
            // In a range that the program can count in, whatever clock the store has.
            Math.Clamp(await connection.ReadNumberAsync("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", cancellationToken)
                .ConfigureAwait(false), 0, MaxClock)),
        cancellationToken);

    public Task<IReadOnlyList<QuotaGrant>> SettleAsync(QuotaWriter writer, IReadOnlyList<QuotaDemand> demands, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                // One message: a node that stops in the middle of it leaves no lock behind.
                NpgsqlBatch batch = new(connection);
                await using (batch.ConfigureAwait(false))
                {
                    FleetMember member = writer.Member;
                    batch.Add(Begin, member.Fleet, SharedQuotas.Name);
                    batch.Add(Settle, member.Fleet, SharedQuotas.Name, member.Node, writer.Month, writer.Ledger,
                        demands.Select(demand => demand.Account).ToArray(), demands.Select(demand => demand.Spent).ToArray(),
                        demands.Select(demand => demand.Wanted).ToArray(), demands.Select(demand => demand.Quota).ToArray(), member.Epoch, writer.Sequence);
                    return await ReadAsync(batch, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken);

    public Task<QuotaChanges> ReadAsync(QuotaWriter reader, long since, CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        string fleet = reader.Member.Fleet;
        // Before the rows: what is written in between is read again and not missed.
        long version = await connection.ReadVersionAsync(fleet, SharedQuotas.Name, cancellationToken).ConfigureAwait(false);
        long from = version < since ? 0 : since;
        if (from == 0) await connection.ExecuteAsync(Clean, cancellationToken, fleet).ConfigureAwait(false);
        else if (from == version) return new QuotaChanges(version, IsAll: false, []);
        List<Row> rows = await connection.ReadRowsAsync(
            Read, row => new Row(row.GetString(0), new QuotaUse(row.GetInt64(1), row.GetInt64(2))), cancellationToken,
            fleet, reader.Month, reader.Member.Node, reader.Ledger, from, (long)SharedQuotas.MaxRead).ConfigureAwait(false);
        return new QuotaChanges(version, from == 0, [.. rows.Select(row => (row.Account, row.Use))]);
    }, cancellationToken);

    // The end of the year 9998.
    private const long MaxClock = 253_370_764_800_000;

    private static async Task<IReadOnlyList<QuotaGrant>> ReadAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        List<QuotaGrant> grants = [];
        NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                grants.Add(new QuotaGrant(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), new QuotaUse(reader.GetInt64(3), reader.GetInt64(4))));
        return grants;
    }

    private sealed record Row(string Account, QuotaUse Use);
}
