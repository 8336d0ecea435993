using System.Net;
using System.Text;
using MultiExit.Engine.Control;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Control;

/// <summary>What nodes of a fleet ask each other, as it is in the store, which may have anything.</summary>
public sealed class QuestionKindTests
{
    [Fact]
    public async Task What_a_node_has_comes_back_as_it_was()
    {
        SessionRecord session = Session(1) with { User = "al\u001b[2Jice" };
        NodeAnswer<SessionRecord> answer = await AskAsync([session]);
        Assert.Equal((NodeAnswerState.Answered, 0, null), (answer.State, answer.LeftOut, answer.Reason));
        SessionRecord read = Assert.Single(answer.Items);
        // What a terminal would act on does not.
        Assert.Equal("al?[2Jice", read.User);
        Assert.Equal((session.Id, session.Client, session.Started), (read.Id, read.Client, read.Started));
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_cut_and_says_by_how_many()
    {
        SessionRecord[] sessions = [.. Enumerable.Range(1, 40).Select(i => Session(i) with { Detail = new string('x', 100_000) })];
        NodeReply reply = await ReplyAsync(sessions);
        Assert.InRange(Encoding.UTF8.GetByteCount(reply.Body), NodeReply.MaxBody - 200_000, NodeReply.MaxBody);
        NodeAnswer<SessionRecord> answer = Kind(sessions).Read(reply with { Node = "b" });
        Assert.Equal(40, answer.Items.Count + answer.LeftOut);
        Assert.InRange(answer.Items.Count, 15, 25);
        reply = await ReplyAsync([.. Enumerable.Repeat(Session(1), NodeReply.MaxItems + 5)]);
        Assert.InRange(Encoding.UTF8.GetByteCount(reply.Body), 1, NodeReply.MaxBody);
        Assert.True(reply.LeftOut >= 5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("[{\"id\":1}]")]
    [InlineData("[[[[[[[[[[")]
    public void An_answer_that_is_none_is_a_failure_of_the_node(string body)
    {
        NodeAnswer<SessionRecord> answer = QuestionKinds.Sessions.Read(new NodeReply("b", NodeAnswerState.Answered) { Body = body });
        Assert.Equal((NodeAnswerState.Failed, 0), (answer.State, answer.Items.Count));
        Assert.Contains("cannot be read", answer.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stop", "{}")]
    [InlineData("sessions", "")]
    [InlineData("sessions", "null")]
    [InlineData("sessions", "[]")]
    [InlineData("sessions", "{\"user\":7}")]
    [InlineData("sessions", "{\"colour\":\"red\"}")]
    [InlineData("traffic", "{\"step\":\"year\"}")]
    public async Task A_question_that_is_not_known_is_answered_with_that(string kind, string filter)
    {
        NodeReply reply = await QuestionKinds.AnswerAsync(null!, new FleetQuestion(Guid.NewGuid(), kind, filter), default);
        Assert.Equal(NodeAnswerState.Unknown, reply.State);
        Assert.Contains("does not know", QuestionKinds.Users.Read(reply with { Node = "b" }).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("al*", "Alice", true)]
    [InlineData("a?ice", "alice", true)]
    [InlineData("al", "alice", false)]
    [InlineData("*", null, false)]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void A_pattern_stands_for_names(string? pattern, string? text, bool matches) => Assert.Equal(matches, FleetQuery.Matches(pattern, text));

    private static async Task<NodeAnswer<SessionRecord>> AskAsync(IReadOnlyList<SessionRecord> sessions) =>
        Kind(sessions).Read(await ReplyAsync(sessions) with { Node = "b" });

    private static Task<NodeReply> ReplyAsync(IReadOnlyList<SessionRecord> sessions) =>
        Kind(sessions).AnswerAsync(null!, Kind(sessions).Ask(new FleetQuery { User = "al*" }).Filter, default);

    private static QuestionKind<FleetQuery, SessionRecord> Kind(IReadOnlyList<SessionRecord> sessions) => new("sessions", (_, query, _) =>
    {
        Assert.Equal("al*", query.User);
        return Task.FromResult(sessions);
    });

    private static SessionRecord Session(long id) =>
        Records.RecordFolder.Record(id, DateTimeOffset.UnixEpoch.AddDays(20_000)) with { Client = new IPEndPoint(IPAddress.Loopback, 1) };
}
