using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Questions in a store in memory.</summary>
public sealed class MemoryQuestionsTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryTables _tables;
    private readonly MemoryStore _store;

    public MemoryQuestionsTests()
    {
        _tables = new MemoryTables(_time);
        _store = new MemoryStore(_tables);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task A_question_is_read_by_each_other_node_until_it_has_answered() =>
        QuestionStoreContract.A_question_is_read_by_each_other_node_until_it_has_answered(_store.Questions);

    [Fact]
    public Task The_newest_questions_come_first_and_no_more_than_asked_for() =>
        QuestionStoreContract.The_newest_questions_come_first_and_no_more_than_asked_for(_store.Questions);

    [Fact]
    public Task The_first_answer_of_a_node_holds_and_what_others_say_is_not_read() =>
        QuestionStoreContract.The_first_answer_of_a_node_holds_and_what_others_say_is_not_read(_store.Questions);

    [Fact]
    public Task A_question_that_was_taken_back_is_answered_by_nobody() =>
        QuestionStoreContract.A_question_that_was_taken_back_is_answered_by_nobody(_store.Questions);

    [Fact]
    public async Task A_question_is_none_any_more_after_a_minute_and_is_deleted()
    {
        await _store.Questions.AskAsync(QuestionStoreContract.Member("a"), QuestionStoreContract.Question(), default);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Empty(await _store.Questions.ReadAsync(QuestionStoreContract.Member("b"), 10, default));
        await _store.Questions.CleanAsync("prod", default);
        Assert.Empty(_tables.Questions);
    }
}
