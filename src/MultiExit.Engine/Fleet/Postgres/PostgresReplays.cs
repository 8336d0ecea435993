using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Answered handshakes as rows of <c>multiexit.replay</c>.</summary>
internal sealed class PostgresReplays(PostgresDatabase database) : IReplayStore
{
    // In the order of the marks, so that two nodes never wait for each other.
    private const string Add = """
        INSERT INTO multiexit.replay (fleet, mark, until)
        SELECT $1, asked.mark, clock_timestamp() + max(asked.lifetime) * interval '1 second'
        FROM unnest($2::uuid[], $3::float8[]) AS asked (mark, lifetime) GROUP BY asked.mark ORDER BY asked.mark
        ON CONFLICT (fleet, mark) DO NOTHING RETURNING mark
        """;

    // The places are sorted, so that nodes that delete the same do not wait for each other. now() and not clock_timestamp(): by that an index cannot
    // be searched.
    private const string Clean = """
        DELETE FROM multiexit.replay WHERE ctid = ANY (ARRAY (
            SELECT ctid FROM multiexit.replay WHERE fleet = $1 AND until <= now() ORDER BY until LIMIT $2))
        """;

    public Task<HashSet<Guid>> AddAsync(string fleet, IReadOnlyList<ReplayMark> marks, CancellationToken cancellationToken) =>
        database.UseAsync<HashSet<Guid>>(
            async connection => [.. await connection.ReadRowsAsync(
                Add, reader => reader.GetGuid(0), cancellationToken, fleet, marks.Select(mark => mark.Value).ToArray(),
                marks.Select(mark => mark.Lifetime.TotalSeconds).ToArray()).ConfigureAwait(false)],
            cancellationToken);

    public Task<int> CleanAsync(string fleet, int most, CancellationToken cancellationToken) =>
        database.UseAsync(connection => connection.ExecuteAsync(Clean, cancellationToken, fleet, (long)most), cancellationToken);
}
