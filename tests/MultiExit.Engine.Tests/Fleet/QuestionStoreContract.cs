using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of questions does; each store has a class of its own with these tests.</summary>
internal static class QuestionStoreContract
{
    public static FleetMember Member(string node, string fleet = "prod") => new(fleet, node, 1, []);

    public static FleetQuestion Question(string kind = "sessions") => new(Guid.NewGuid(), kind, "{}");

    public static NodeReply Reply(string body = "[1]") => new("", NodeAnswerState.Answered) { Body = body };

    public static async Task A_question_is_read_by_each_other_node_until_it_has_answered(IQuestionStore store)
    {
        FleetMember a = Member("a"), b = Member("b"), c = Member("c");
        FleetQuestion question = Question();
        await store.AskAsync(a, question, default);
        Assert.Empty(await store.ReadAsync(a, 10, default));
        Assert.Empty(await store.ReadAsync(Member("b", "other"), 10, default));
        Assert.Equal(question, Assert.Single(await store.ReadAsync(b, 10, default)));
        await store.AnswerAsync(b, question.Id, Reply() with { Node = "b", LeftOut = 3 }, default);
        Assert.Empty(await store.ReadAsync(b, 10, default));
        Assert.Equal(question, Assert.Single(await store.ReadAsync(c, 10, default)));
        NodeReply reply = Assert.Single(await store.CollectAsync(a, question.Id, ["b", "c"], default));
        Assert.Equal(new NodeReply("b", NodeAnswerState.Answered) { Body = "[1]", LeftOut = 3 }, reply);
    }

    public static async Task The_newest_questions_come_first_and_no_more_than_asked_for(IQuestionStore store)
    {
        FleetQuestion[] questions = [.. Enumerable.Range(0, 5).Select(_ => Question())];
        foreach (FleetQuestion question in questions) await store.AskAsync(Member("a"), question, default);
        Assert.Equal(questions.Reverse().Take(3), await store.ReadAsync(Member("b"), 3, default));
    }

    public static async Task The_first_answer_of_a_node_holds_and_what_others_say_is_not_read(IQuestionStore store)
    {
        FleetMember a = Member("a");
        FleetQuestion question = Question();
        await store.AskAsync(a, question, default);
        await store.AnswerAsync(Member("b"), question.Id, new NodeReply("b", NodeAnswerState.Failed) { Reason = "it is broken" }, default);
        await store.AnswerAsync(Member("b"), question.Id, Reply() with { Node = "b" }, default);
        await store.AnswerAsync(Member("stranger"), question.Id, Reply() with { Node = "stranger" }, default);
        NodeReply reply = Assert.Single(await store.CollectAsync(a, question.Id, ["b", "c"], default));
        Assert.Equal(("b", NodeAnswerState.Failed, "it is broken"), (reply.Node, reply.State, reply.Reason));
        Assert.Empty(await store.CollectAsync(a with { Fleet = "other" }, question.Id, ["b"], default));
    }

    public static async Task A_question_that_was_taken_back_is_answered_by_nobody(IQuestionStore store)
    {
        FleetMember a = Member("a"), b = Member("b");
        FleetQuestion question = Question(), other = Question("users");
        await store.AskAsync(a, question, default);
        await store.AskAsync(a, other, default);
        await store.AnswerAsync(b, question.Id, Reply() with { Node = "b" }, default);
        await store.DropAsync(a, question.Id, default);
        Assert.Equal(other, Assert.Single(await store.ReadAsync(b, 10, default)));
        Assert.Empty(await store.CollectAsync(a, question.Id, ["b"], default));
        await store.AnswerAsync(b, question.Id, Reply() with { Node = "b" }, default);
        Assert.Empty(await store.CollectAsync(a, question.Id, ["b"], default));
        await store.CleanAsync("prod", default);
        Assert.Equal(other, Assert.Single(await store.ReadAsync(b, 10, default)));
    }
}
