using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Status;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Questions as rows of <c>multiexit.question</c> and <c>multiexit.answer</c>.</summary>
internal sealed class PostgresQuestions(PostgresDatabase database) : IQuestionStore
{
    // What is read at a time; each of them may be as long as an answer may be.
    private const int MaxAtOnce = 8;

    private const string Ask = """
        INSERT INTO multiexit.question (fleet, id, node, kind, filter, asked) VALUES ($1, $2, $3, $4, $5, clock_timestamp())
        """;

    // A question of the future, by a clock that was set back, is none either.
    private const string Read = """
        SELECT id, kind, filter FROM multiexit.question AS question
        WHERE fleet = $1 AND node <> $2 AND asked > clock_timestamp() - $4 * interval '1 second' AND asked < clock_timestamp() + $4 * interval '1 second'
            AND length(kind) <= 32 AND octet_length(filter) <= $5
            AND NOT EXISTS (SELECT FROM multiexit.answer WHERE answer.fleet = $1 AND answer.question = question.id AND answer.node = $2)
        ORDER BY asked DESC LIMIT $3
        """;

    private const string Answer = """
        INSERT INTO multiexit.answer (fleet, question, node, state, reason, left_out, body, answered)
        SELECT $1, $2, $3, $4, nullif($5, ''), $6, $7, clock_timestamp()
        WHERE EXISTS (SELECT FROM multiexit.question WHERE fleet = $1 AND id = $2)
        ON CONFLICT (fleet, question, node) DO NOTHING
        """;

    // Others may have written more than this program would.
    private const string Collect = """
        SELECT node, state, left(coalesce(reason, ''), 300), left_out, body FROM multiexit.answer
        WHERE fleet = $1 AND question = $2 AND node = ANY ($3::text[]) AND octet_length(body) <= $5 LIMIT $4
        """;

    private const string DropAnswers = "DELETE FROM multiexit.answer WHERE fleet = $1 AND question = $2";

    private const string DropQuestion = "DELETE FROM multiexit.question WHERE fleet = $1 AND id = $2";

    private const string CleanQuestions = """
        DELETE FROM multiexit.question WHERE fleet = $1
            AND (asked < clock_timestamp() - $2 * interval '1 second' OR asked > clock_timestamp() + $2 * interval '1 second')
        """;

    private const string CleanAnswers = """
        DELETE FROM multiexit.answer WHERE fleet = $1
            AND (answered < clock_timestamp() - $2 * interval '1 second' OR answered > clock_timestamp() + $2 * interval '1 second')
        """;

    public Task AskAsync(FleetMember member, FleetQuestion question, CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        await connection.ExecuteAsync(Ask, cancellationToken, member.Fleet, question.Id, member.Node, question.Kind, question.Filter).ConfigureAwait(false);
        return await connection.NotifyAsync(member.Fleet, SharedQuestions.Name, cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    public Task<IReadOnlyList<FleetQuestion>> ReadAsync(FleetMember member, int limit, CancellationToken cancellationToken) =>
        database.UseAsync<IReadOnlyList<FleetQuestion>>(
            async connection => await connection.ReadRowsAsync(
                Read, reader => new FleetQuestion(reader.GetGuid(0), reader.GetString(1), reader.GetString(2)), cancellationToken,
                member.Fleet, member.Node, limit, FleetTimes.QuestionLife.TotalSeconds, FleetQuestion.MaxFilter).ConfigureAwait(false),
            cancellationToken);

    public Task AnswerAsync(FleetMember member, Guid question, NodeReply reply, CancellationToken cancellationToken) => database.UseAsync(
        connection => connection.ExecuteAsync(
            Answer, cancellationToken, member.Fleet, question, member.Node, reply.State.ToString(), reply.Reason ?? "", reply.LeftOut, reply.Body),
        cancellationToken);

    public Task<IReadOnlyList<NodeReply>> CollectAsync(
        FleetMember member, Guid question, IReadOnlyCollection<string> nodes, CancellationToken cancellationToken) =>
        database.UseAsync<IReadOnlyList<NodeReply>>(
            async connection => await connection.ReadRowsAsync(
                Collect, ReadReply, cancellationToken, member.Fleet, question, nodes.ToArray(), MaxAtOnce, NodeReply.MaxBody).ConfigureAwait(false),
            cancellationToken);

    public Task DropAsync(FleetMember member, Guid question, CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        // In this order: what comes in between finds no question, or is deleted as what has expired.
        await connection.ExecuteAsync(DropQuestion, cancellationToken, member.Fleet, question).ConfigureAwait(false);
        return await connection.ExecuteAsync(DropAnswers, cancellationToken, member.Fleet, question).ConfigureAwait(false);
    }, cancellationToken);

    public Task CleanAsync(string fleet, CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        await connection.ExecuteAsync(CleanQuestions, cancellationToken, fleet, FleetTimes.QuestionLife.TotalSeconds).ConfigureAwait(false);
        return await connection.ExecuteAsync(CleanAnswers, cancellationToken, fleet, FleetTimes.QuestionLife.TotalSeconds).ConfigureAwait(false);
    }, cancellationToken);

    private static NodeReply? ReadReply(NpgsqlDataReader reader)
    {
        string node = reader.GetString(0);
        if (!NameText.IsValid(node) || !Enum.TryParse(reader.GetString(1), out NodeAnswerState state) || state > NodeAnswerState.Failed) return null;
        string reason = LogText.Clean(reader.GetString(2));
        return new NodeReply(node, state)
        {
            Reason = reason.Length > 0 ? reason : null, LeftOut = Math.Max(0, reader.GetInt32(3)),
            Body = state == NodeAnswerState.Answered ? reader.GetString(4) : "[]",
        };
    }
}
