using System.Net;
using System.Text;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Identity;

/// <summary>Logins at a back-end: asked once, remembered for a while, bounded, and what counts while it does not answer.</summary>
public sealed class BackEndAsksTests : IDisposable
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");
    private static readonly BackEndAnswer Alice = BackEndAnswer.Allowed(new BackEndUser("alice"));

    private readonly ManualTimeProvider _time = new();
    private readonly FakeBackEnd _backEnd = new();
    private readonly List<string> _takenBack = [];
    private BackEndAsks? _asks;

    private BackEndAsks Asks => _asks ??= Create(new PamAuthConfig("test"));

    public void Dispose()
    {
        _asks?.Dispose();
        _backEnd.Dispose();
    }

    [Fact]
    public async Task All_that_ask_the_same_at_the_same_time_wait_for_one_answer()
    {
        Task<(BackEndUser User, string Credential)?>[] same = [.. Enumerable.Range(0, 20).Select(_ => Ask("alice", "pw"))];
        (string asked, TaskCompletionSource<BackEndAnswer> answer) = _backEnd.Next();
        Assert.Equal("alice:pw", asked);
        answer.SetResult(Alice);
        foreach (Task<(BackEndUser User, string Credential)?> one in same) Assert.Equal("alice", (await one.WaitAsync(TestTransports.Patience))?.User.Name);
        Assert.Equal(0, _backEnd.Count);
    }

    [Fact]
    public async Task A_good_answer_counts_for_a_minute_and_a_denial_for_five_seconds()
    {
        List<string> asked = AnswerAtOnce(question => question == "alice:pw" ? Alice : BackEndAnswer.Denied);
        Assert.NotNull(await Ask("alice", "pw"));
        Assert.Null(await Ask("alice", "no"));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.NotNull(await Ask("alice", "pw"));
        Assert.Null(await Ask("alice", "no"));
        Assert.Equal(["alice:pw", "alice:no"], asked);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await Ask("alice", "no"));
        _time.Advance(TimeSpan.FromSeconds(55));
        Assert.NotNull(await Ask("alice", "pw"));
        Assert.Equal(["alice:pw", "alice:no", "alice:no", "alice:pw"], asked);
    }

    [Fact]
    public async Task Without_a_cache_each_login_is_asked_about()
    {
        _asks = Create(new PamAuthConfig("test") { Cache = TimeSpan.Zero });
        List<string> asked = AnswerAtOnce(_ => Alice);
        await Ask("alice", "pw");
        await Ask("alice", "pw");
        Assert.Equal(2, asked.Count);
    }

    [Fact]
    public async Task Another_name_password_or_kind_of_secret_is_another_question()
    {
        List<string> asked = AnswerAtOnce(_ => Alice);
        await Ask("alice", "pw");
        await Ask("alic", "epw");
        await Ask("alice", "pw2");
        await Asks.LogInAsync(new(null, "pw"u8.ToArray(), "proxy", One), default);
        Assert.Equal(4, asked.Count);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task An_answer_that_may_depend_on_the_client_counts_for_it_alone(bool looks, int questions)
    {
        using FakeBackEnd backEnd = new() { LooksAtClient = looks };
        using BackEndAsks asks = new(new PamAuthConfig("test"), backEnd, _time);
        int count = 0;
        backEnd.Rule = _ =>
        {
            count++;
            return Alice;
        };
        await asks.LogInAsync(new("alice", "pw"u8.ToArray(), "proxy", One), default);
        await asks.LogInAsync(new("alice", "pw"u8.ToArray(), "proxy", Two), default);
        await asks.LogInAsync(new("alice", "pw"u8.ToArray(), "other", One), default);
        await asks.LogInAsync(new("alice", "pw"u8.ToArray(), "proxy", One), default);
        Assert.Equal(questions, count);
    }

    [Fact]
    public async Task No_answer_in_time_is_an_outage_and_no_denial()
    {
        Task<(BackEndUser User, string Credential)?> login = Ask("alice", "pw");
        _backEnd.Next();
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(ProxyError.BackEndUnavailable, (await Assert.ThrowsAsync<ProxyException>(() => login)).Reason);
        Assert.Equal("no answer within 3 s", Asks.Health.Outage?.Reason);
        Assert.Equal((0, 0, 1, 0), Asks.Health.Counts);
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_dropped()
    {
        Task<(BackEndUser User, string Credential)?> login = Ask("alice", "pw");
        TaskCompletionSource<BackEndAnswer> late = _backEnd.Next().Answer;
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<ProxyException>(() => login);
        late.SetResult(Alice);
        Task<(BackEndUser User, string Credential)?> again = Ask("alice", "pw");
        _backEnd.Next().Answer.SetResult(BackEndAnswer.Denied);
        Assert.Null(await again.WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task While_it_is_away_nobody_comes_in_unless_the_last_good_answer_may_count()
    {
        BackEndAnswer now = Alice;
        AnswerAtOnce(_ => now);
        Assert.NotNull(await Ask("alice", "pw"));
        now = BackEndAnswer.Unavailable("it is away");
        Assert.NotNull(await Ask("alice", "pw"));
        _time.Advance(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<ProxyException>(() => Ask("alice", "pw"));

        _asks!.Dispose();
        now = Alice;
        _asks = Create(new PamAuthConfig("test") { OnOutage = OutageRule.Cached });
        Assert.NotNull(await Ask("alice", "pw"));
        now = BackEndAnswer.Unavailable("it is away");
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(await Ask("alice", "pw"));
        await Assert.ThrowsAsync<ProxyException>(() => Ask("alice", "other"));
        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<ProxyException>(() => Ask("alice", "pw"));
    }

    [Fact]
    public async Task Who_may_come_in_during_an_outage_waits_for_nobody_and_is_asked_about_all_the_same()
    {
        _asks = Create(new PamAuthConfig("test") { OnOutage = OutageRule.Cached });
        Task<(BackEndUser User, string Credential)?> first = Ask("alice", "pw");
        _backEnd.Next().Answer.SetResult(Alice);
        await first;
        _time.Advance(TimeSpan.FromMinutes(2));
        Task<(BackEndUser User, string Credential)?> seen = Ask("alice", "pw");
        _backEnd.Next().Answer.SetResult(BackEndAnswer.Unavailable("it is away"));
        Assert.NotNull(await seen.WaitAsync(TestTransports.Patience));

        // Nobody answers: the login comes in by the answer of before.
        Assert.NotNull(await Ask("alice", "pw").WaitAsync(TestTransports.Patience));
        _backEnd.Next().Answer.SetResult(BackEndAnswer.Denied);
        await Wait.UntilAsync(() => _takenBack.Count == 1);
        Assert.Null(await Ask("alice", "pw").WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_credential_that_was_good_and_is_denied_is_told_and_one_that_never_was_is_not()
    {
        BackEndAnswer now = Alice;
        AnswerAtOnce(question => question == "alice:pw" ? now : BackEndAnswer.Denied);
        string credential = (await Ask("alice", "pw"))!.Value.Credential;
        await Ask("alice", "wrong");
        Assert.Empty(_takenBack);
        now = BackEndAnswer.Denied;
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Null(await Ask("alice", "pw"));
        Assert.Equal([credential], _takenBack);
    }

    [Fact]
    public async Task A_flood_of_one_client_leaves_the_turn_of_others_alone_and_gets_no_place_beyond_its_own()
    {
        Task<(BackEndUser User, string Credential)?>[] flood = [.. Enumerable.Range(0, LoginPlaces.OfClient + 3).Select(i => Ask("x", $"{i}", One))];
        TaskCompletionSource<BackEndAnswer> first = _backEnd.Next().Answer, second = _backEnd.Next().Answer;
        // Two are under way, and as many as a client may have wait.
        Task<(BackEndUser User, string Credential)?> refused = flood[^1];
        Assert.Equal(ProxyError.Overloaded, (await Assert.ThrowsAsync<ProxyException>(() => refused)).Reason);
        Task<(BackEndUser User, string Credential)?> other = Ask("alice", "pw", Two);
        Assert.Equal(0, _backEnd.Count);
        first.SetResult(BackEndAnswer.Denied);
        Assert.Equal("x:2", _backEnd.Next().Asked);
        second.SetResult(BackEndAnswer.Denied);
        (string asked, TaskCompletionSource<BackEndAnswer> answer) = _backEnd.Next();
        Assert.Equal("alice:pw", asked);
        answer.SetResult(Alice);
        Assert.NotNull(await other.WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_login_whose_turn_comes_too_late_is_not_asked_about()
    {
        Task<(BackEndUser User, string Credential)?>[] logins = [Ask("a", "1"), Ask("b", "2"), Ask("c", "3")];
        _backEnd.Next();
        _backEnd.Next();
        await _time.WaitForTimersAsync(2);
        _time.Advance(TimeSpan.FromSeconds(3));
        foreach (Task<(BackEndUser User, string Credential)?> login in logins)
            await Assert.ThrowsAsync<ProxyException>(() => login.WaitAsync(TestTransports.Patience));
        Assert.Equal(0, _backEnd.Count);
    }

    [Fact]
    public async Task What_cannot_be_a_user_here_is_refused_and_says_nothing_of_the_others()
    {
        using BackEndAsks asks = new(new PamAuthConfig("test"), _backEnd, _time) { Check = user => user.Name == "alice" ? "no such exit" : null };
        _backEnd.Rule = question => BackEndAnswer.Allowed(new BackEndUser(question.Split(':')[0]));
        ProxyException refused =
            await Assert.ThrowsAsync<ProxyException>(() => asks.LogInAsync(new("alice", "pw"u8.ToArray(), "proxy", One), default).AsTask());
        Assert.Equal((ProxyError.AccessRefused, "its answer is not right: no such exit"), (refused.Reason, refused.Message));
        Assert.Null(asks.Health.Outage);
        Assert.Equal((0, 0, 0, 1), asks.Health.Counts);
        Assert.NotNull(await asks.LogInAsync(new("bob", "pw"u8.ToArray(), "proxy", One), default));
        Assert.Null(asks.Health.Outage);
    }

    [Fact]
    public async Task A_fault_at_one_login_is_no_outage_and_a_lost_connection_is_one()
    {
        _backEnd.Rule = _ => throw new InvalidOperationException("a bug");
        Assert.Equal(ProxyError.AccessRefused, (await Assert.ThrowsAsync<ProxyException>(() => Ask("alice", "pw"))).Reason);
        Assert.Null(Asks.Health.Outage);
        _backEnd.Rule = _ => throw new IOException("reset");
        Assert.Equal(ProxyError.BackEndUnavailable, (await Assert.ThrowsAsync<ProxyException>(() => Ask("alice", "pw"))).Reason);
        Assert.Equal("reset", Asks.Health.Outage?.Reason);
    }

    [Fact]
    public async Task An_odd_answer_to_one_login_lets_nobody_in_by_what_was_good_before()
    {
        _asks = Create(new PamAuthConfig("test") { OnOutage = OutageRule.Cached, Cache = TimeSpan.Zero });
        BackEndAnswer now = Alice;
        AnswerAtOnce(question => question == "mallory:odd" ? BackEndAnswer.Unusable("it answered 404") : now);
        Assert.NotNull(await Ask("alice", "pw"));
        Assert.Equal(ProxyError.AccessRefused, (await Assert.ThrowsAsync<ProxyException>(() => Ask("mallory", "odd"))).Reason);
        // Nobody has made it look as if it were away: what it says now counts.
        now = BackEndAnswer.Denied;
        Assert.Null(await Ask("alice", "pw"));
        now = BackEndAnswer.Unusable("it answered 404");
        await Assert.ThrowsAsync<ProxyException>(() => Ask("alice", "pw"));
        Assert.Null(Asks.Health.Outage);
    }

    [Fact]
    public async Task More_answers_than_there_are_places_push_out_the_oldest_and_denials_no_good_ones()
    {
        AnswerCache answers = new(TimeSpan.FromHours(1), _time);
        for (int i = 0; i <= AnswerCache.MaxGood; i++) answers.Allowed($"good {i}", Alice);
        for (int i = 0; i <= AnswerCache.MaxDenied; i++) answers.Denied($"bad {i}");
        Assert.False(answers.TryGet("good 0", out _));
        Assert.True(answers.TryGet("good 1", out _));
        Assert.False(answers.TryGet("bad 0", out _));
        Assert.True(answers.TryGet("bad 1", out _));
        Assert.Equal(AnswerCache.MaxGood + AnswerCache.MaxDenied, answers.Count);
        await Task.CompletedTask;
    }

    [Fact]
    public void An_outage_is_told_once_in_five_minutes_and_its_end_once()
    {
        List<string> told = [];
        BackEndHealth health = new(_time) { Away = (reason, since) => told.Add($"{reason} {since:mm}"), Back = away => told.Add($"{away.TotalMinutes}") };
        BackEndAnswer away = BackEndAnswer.Unavailable("away");
        for (int i = 0; i < 3; i++) health.Note(away, default);
        Assert.Equal(["away 00"], told);
        _time.Advance(TimeSpan.FromMinutes(6));
        health.Note(away, default);
        Assert.Equal(["away 00", "away 00"], told);
        health.Note(BackEndAnswer.Denied, default);
        health.Note(Alice, default);
        Assert.Equal(["away 00", "away 00", "6"], told);
        // Away again so soon: not told, and so is its end.
        health.Note(away, default);
        health.Note(Alice, default);
        Assert.Equal(3, told.Count);
        Assert.Equal((2, 1, 5, 0), health.Counts);
    }

    private BackEndAsks Create(AuthConfig config) => new(config, _backEnd, _time) { TakenBack = _takenBack.Add };

    private List<string> AnswerAtOnce(Func<string, BackEndAnswer> rule)
    {
        List<string> asked = [];
        _backEnd.Rule = question =>
        {
            lock (asked) asked.Add(question);
            return rule(question);
        };
        return asked;
    }

    private Task<(BackEndUser User, string Credential)?> Ask(string name, string password, IPAddress? client = null) =>
        Asks.LogInAsync(new(name, Encoding.UTF8.GetBytes(password), "proxy", client ?? One), default).AsTask();
}
