using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Questions in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresQuestionsTests(PostgresServer server)
{
    [PostgresFact]
    public Task A_question_is_read_by_each_other_node_until_it_has_answered() =>
        RunAsync((store, _) => QuestionStoreContract.A_question_is_read_by_each_other_node_until_it_has_answered(store.Questions));

    [PostgresFact]
    public Task The_newest_questions_come_first_and_no_more_than_asked_for() =>
        RunAsync((store, _) => QuestionStoreContract.The_newest_questions_come_first_and_no_more_than_asked_for(store.Questions));

    [PostgresFact]
    public Task The_first_answer_of_a_node_holds_and_what_others_say_is_not_read() =>
        RunAsync((store, _) => QuestionStoreContract.The_first_answer_of_a_node_holds_and_what_others_say_is_not_read(store.Questions));

    [PostgresFact]
    public Task A_question_that_was_taken_back_is_answered_by_nobody() =>
        RunAsync((store, _) => QuestionStoreContract.A_question_that_was_taken_back_is_answered_by_nobody(store.Questions));

    [PostgresFact]
    public Task A_question_is_none_any_more_after_a_minute_and_is_deleted_with_its_answers() => RunAsync(async (store, fleet) =>
    {
        FleetQuestion question = QuestionStoreContract.Question();
        await store.Questions.AskAsync(QuestionStoreContract.Member("a"), question, default);
        await store.Questions.AnswerAsync(QuestionStoreContract.Member("c"), question.Id, QuestionStoreContract.Reply(), default);
        await server.RunSqlAsync(fleet.Store.Database, """
            UPDATE multiexit.question SET asked = now() - interval '61 s'; UPDATE multiexit.answer SET answered = now() - interval '61 s';
            """);
        Assert.Empty(await store.Questions.ReadAsync(QuestionStoreContract.Member("b"), 10, default));
        await store.Questions.CleanAsync("prod", default);
        await server.RunSqlAsync(fleet.Store.Database, """
            DO $$ BEGIN
                IF EXISTS (SELECT FROM multiexit.question) OR EXISTS (SELECT FROM multiexit.answer) THEN RAISE 'something is left'; END IF;
            END $$
            """);
    });

    [PostgresFact]
    public Task Rows_of_others_that_are_too_long_or_of_no_time_are_passed_over() => RunAsync(async (store, fleet) =>
    {
        FleetQuestion question = QuestionStoreContract.Question();
        await store.Questions.AskAsync(QuestionStoreContract.Member("a"), question, default);
        await server.RunSqlAsync(fleet.Store.Database, $$"""
            ALTER TABLE multiexit.question DROP CONSTRAINT question_filter_check;
            ALTER TABLE multiexit.answer DROP CONSTRAINT answer_body_check, DROP CONSTRAINT answer_state_check;
            INSERT INTO multiexit.question VALUES ('prod', gen_random_uuid(), 'x', 'sessions', repeat(' ', 9000), now()),
                ('prod', gen_random_uuid(), 'x', 'sessions', '{}', 'infinity'), ('prod', gen_random_uuid(), 'x', 'sessions', '{}', now() + interval '1 h');
            INSERT INTO multiexit.answer VALUES ('prod', '{{question.Id}}', 'long', 'Answered', NULL, 0, repeat(' ', 3000000), now()),
                ('prod', '{{question.Id}}', 'odd', 'Missing', NULL, 0, '[]', now()),
                ('prod', '{{question.Id}}', 'good', 'Failed', E'\u001b[2J', 0, '[]', now());
            """);
        Assert.Equal(question, Assert.Single(await store.Questions.ReadAsync(QuestionStoreContract.Member("b"), 10, default)));
        NodeReply reply = Assert.Single(await store.Questions.CollectAsync(QuestionStoreContract.Member("a"), question.Id, ["long", "odd", "good"], default));
        Assert.Equal(("good", NodeAnswerState.Failed, "\\u001B[2J"), (reply.Node, reply.State, reply.Reason));
    });

    [PostgresFact]
    public Task A_question_wakes_the_nodes_that_listen() => RunAsync(async (store, _) =>
    {
        using CancellationTokenSource ended = new();
        TaskCompletionSource listening = new(), heard = new();
        Task listen = store.Changes.ListenAsync("prod", listening.SetResult, topic => heard.TrySetResult(), ended.Token);
        await listening.Task.WaitAsync(TestTransports.Patience);
        await store.Questions.AskAsync(QuestionStoreContract.Member("a"), QuestionStoreContract.Question(), default);
        await heard.Task.WaitAsync(TestTransports.Patience);
        await ended.CancelAsync();
        await listen.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TestTransports.Patience);
    });

    private async Task RunAsync(Func<PostgresStore, FleetConfig, Task> test)
    {
        FleetConfig fleet = await server.CreateAsync();
        await using PostgresStore store = new(fleet);
        await store.Schema.UpdateAsync(default);
        await test(store, fleet);
    }
}
