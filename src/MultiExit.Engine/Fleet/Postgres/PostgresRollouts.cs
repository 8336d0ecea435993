using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Status;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Versions as rows of <c>multiexit.config_version</c>, the rollout of the newest one and what nodes say as rows of <c>multiexit.rollout</c> and
/// <c>multiexit.node_config</c>.</summary>
internal sealed class PostgresRollouts(PostgresDatabase database) : IRolloutStore
{
    // Holds the row of the topic until the commit, so that one publishes at a time.
    private const string Change = """
        INSERT INTO multiexit.change AS change (fleet, topic, version) VALUES ($1, $2, 1)
        ON CONFLICT (fleet, topic) DO UPDATE SET version = change.version + 1
        """;

    private const string IsNode = "EXISTS (SELECT FROM multiexit.node WHERE node.fleet = $1 AND node.name = $2 AND node.epoch = $3)";

    private const string Same = """
        SELECT rollout.n::bigint FROM multiexit.rollout JOIN multiexit.config_version AS config USING (fleet, n)
        WHERE rollout.fleet = $1 AND rollout.state IN ('Canary', 'Everywhere') AND config.sha256 = $2
        """;

    private const string Publish = $"""
        WITH before AS (SELECT n, base, state FROM multiexit.rollout WHERE fleet = $1),
        config AS (
            INSERT INTO multiexit.config_version (fleet, n, text, sha256, who, why, created)
            SELECT $1, greatest(coalesce((SELECT n FROM before), 0), coalesce((SELECT max(n) FROM multiexit.config_version WHERE fleet = $1), 0), $4) + 1,
                $5, $6, $7, nullif($8, ''), clock_timestamp()
            WHERE {IsNode} AND NOT EXISTS (SELECT FROM before WHERE state IN ('Canary', 'Everywhere')) RETURNING n)
        INSERT INTO multiexit.rollout AS rollout (fleet, n, base, state, canaries, hold, needs_confirmation, probe, reason, deadline, changed)
        SELECT $1, config.n, coalesce((SELECT CASE state WHEN 'Confirmed' THEN n ELSE base END FROM before), 0),
            CASE WHEN cardinality($9::text[]) > 0 THEN 'Canary' ELSE 'Everywhere' END, $9, $10, $11, nullif($12, ''), NULL,
            clock_timestamp() + $13 * interval '1 second', clock_timestamp() FROM config
        ON CONFLICT (fleet) DO UPDATE SET n = excluded.n, base = excluded.base, state = excluded.state, canaries = excluded.canaries, hold = excluded.hold,
            needs_confirmation = excluded.needs_confirmation, probe = excluded.probe, reason = NULL, deadline = excluded.deadline, changed = excluded.changed
        RETURNING n::bigint
        """;

    private const string Clean = """
        DELETE FROM multiexit.config_version AS config USING multiexit.rollout AS rollout
        WHERE config.fleet = $1 AND rollout.fleet = $1 AND config.n < rollout.n - $2 AND config.n <> rollout.base
        """;

    private const string Read = """
        SELECT rollout.n, base, state, extract(epoch FROM deadline - clock_timestamp())::float8, sha256,
            ARRAY(SELECT name FROM unnest(canaries) AS name WHERE length(name) <= 64 LIMIT 1000), hold, needs_confirmation,
            extract(epoch FROM clock_timestamp() - changed)::float8, left(who, 256), left(why, 500), created, left(probe, 300), left(reason, 600)
        FROM multiexit.rollout JOIN multiexit.config_version USING (fleet, n)
        WHERE fleet = $1 AND isfinite(deadline) AND isfinite(changed) AND isfinite(created)
        """;

    private const string ReadText = """
        SELECT sha256, text FROM multiexit.config_version WHERE fleet = $1 AND n = $2 AND octet_length(text) <= $3
        """;

    private const string Report = $"""
        INSERT INTO multiexit.node_config AS config (fleet, node, n, state, tried, reason, held, reported)
        SELECT $1, $2, $4, $5, $6, nullif($7, ''), $8, clock_timestamp() WHERE {IsNode}
        ON CONFLICT (fleet, node) DO UPDATE SET n = excluded.n, state = excluded.state, tried = excluded.tried, reason = excluded.reason,
            held = excluded.held, reported = excluded.reported
        """;

    private const string List = """
        SELECT node, n, state, tried, left(reason, 500), held, extract(epoch FROM clock_timestamp() - reported)::float8
        FROM multiexit.node_config WHERE fleet = $1 AND length(node) <= 64 AND isfinite(reported) ORDER BY node COLLATE "C" LIMIT $2
        """;

    private const string Step = $"""
        UPDATE multiexit.rollout SET state = $6, reason = nullif($7, ''), changed = clock_timestamp()
        WHERE fleet = $1 AND n = $4 AND state = $5 AND ($6 <> 'Confirmed' OR deadline > clock_timestamp()) AND {IsNode}
        """;

    // The transaction's, so that a node that dies lets go of it.
    private const string Lead = "SELECT pg_try_advisory_xact_lock(hashtextextended('multiexit rollout ' || $1, 0))::int::bigint";

    private const double MaxSeconds = 30.0 * 24 * 3600;

    public Task<int> PublishAsync(FleetMember member, RolloutDraft draft, CancellationToken cancellationToken) =>
        InTransactionAsync(member, async connection =>
        {
            long same = await connection.ReadNumberAsync(Same, cancellationToken, member.Fleet, draft.Sha256).ConfigureAwait(false);
            if (same > 0) return (int)same;
            RolloutRequest request = draft.Request;
            long number = await connection.ReadNumberAsync(
                Publish, cancellationToken, member.Fleet, member.Node, member.Epoch, draft.Above, draft.Text, draft.Sha256, draft.Who, request.Message ?? "",
                draft.Canaries.ToArray(), request.Hold.TotalSeconds, request.ConfirmWithin is not null, request.Probe?.ToString() ?? "",
                draft.Lasts.TotalSeconds).ConfigureAwait(false);
            if (number > 0) await connection.ExecuteAsync(Clean, cancellationToken, member.Fleet, IRolloutStore.MaxVersions).ConfigureAwait(false);
            return (int)number;
        }, isDone: number => number > 0, cancellationToken);

    public Task<RolloutStatus?> ReadAsync(string fleet, CancellationToken cancellationToken) =>
        database.UseAsync(connection => ReadAsync(connection, fleet, cancellationToken), cancellationToken);

    public Task<FleetText?> ReadTextAsync(string fleet, int number, CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        List<FleetText> read = await connection.ReadRowsAsync(
            ReadText, reader => new FleetText(number, reader.GetString(0), reader.GetString(1)), cancellationToken, fleet, number, DocumentText.MaxLength)
            .ConfigureAwait(false);
        // What somebody has changed by hand is no version.
        return read is [var text] && ConfigDocument.HashOf(text.Text) == text.Sha256 ? text : null;
    }, cancellationToken);

    public Task ReportAsync(FleetMember member, NodeConfigStatus report, CancellationToken cancellationToken) => database.UseAsync(
        connection => connection.ExecuteAsync(
            Report, cancellationToken, member.Fleet, member.Node, member.Epoch, report.Version, report.State.ToString(), report.Tried, report.Reason ?? "",
            report.Held.TotalSeconds),
        cancellationToken);

    public Task<IReadOnlyList<NodeConfigStatus>> ListAsync(string fleet, CancellationToken cancellationToken) =>
        database.UseAsync(connection => ListAsync(connection, fleet, cancellationToken), cancellationToken);

    public Task<bool> StepAsync(FleetMember member, RolloutStatus from, RolloutStep step, CancellationToken cancellationToken) =>
        InTransactionAsync(member, connection => StepAsync(connection, member, from, step, cancellationToken), isDone: done => done, cancellationToken);

    public Task<RolloutStep?> LeadAsync(FleetMember member, Func<RolloutStatus, RolloutStep?> decide, CancellationToken cancellationToken) =>
        InTransactionAsync(member, async connection =>
        {
            if (await connection.ReadNumberAsync(Lead, cancellationToken, member.Fleet).ConfigureAwait(false) == 0) return null;
            if (await ReadAsync(connection, member.Fleet, cancellationToken).ConfigureAwait(false) is not { IsRunning: true } rollout) return null;
            IReadOnlyList<NodeConfigStatus> nodes = await ListAsync(connection, member.Fleet, cancellationToken).ConfigureAwait(false);
            return decide(rollout with { Nodes = nodes }) is { } step
                && await StepAsync(connection, member, rollout, step, cancellationToken).ConfigureAwait(false) ? step : null;
        }, isDone: step => step is not null, cancellationToken, changes: false);

    // Others are told of it when something was done; otherwise nothing has changed.
    private Task<T> InTransactionAsync<T>(
        FleetMember member, Func<NpgsqlConnection, Task<T>> run, Func<T, bool> isDone, CancellationToken cancellationToken, bool changes = true) =>
        database.UseAsync(async connection =>
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (changes) await connection.ExecuteAsync(Change, cancellationToken, member.Fleet, SharedConfig.Name).ConfigureAwait(false);
                T answer = await run(connection).ConfigureAwait(false);
                if (!isDone(answer)) return answer;
                await connection.NotifyAsync(member.Fleet, SharedConfig.Name, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return answer;
            }
        }, cancellationToken);

    private static async Task<bool> StepAsync(
        NpgsqlConnection connection, FleetMember member, RolloutStatus from, RolloutStep step, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            Step, cancellationToken, member.Fleet, member.Node, member.Epoch, from.Version, from.State.ToString(), step.State.ToString(), step.Reason ?? "")
            .ConfigureAwait(false) > 0;

    private static async Task<RolloutStatus?> ReadAsync(NpgsqlConnection connection, string fleet, CancellationToken cancellationToken) =>
        (await connection.ReadRowsAsync(Read, reader => PostgresRolloutRows.Read(reader, fleet, MaxSeconds), cancellationToken, fleet).ConfigureAwait(false))
            .FirstOrDefault();

    private static async Task<IReadOnlyList<NodeConfigStatus>> ListAsync(NpgsqlConnection connection, string fleet, CancellationToken cancellationToken) =>
        await connection.ReadRowsAsync(
            List, reader => PostgresRolloutRows.ReadNode(reader, MaxSeconds), cancellationToken, fleet, FleetTimes.MaxNodes).ConfigureAwait(false);
}
