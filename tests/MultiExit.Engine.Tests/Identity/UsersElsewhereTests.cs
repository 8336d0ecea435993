using System.Collections.Frozen;
using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Identity;

/// <summary>The users of an inbound, of which a back-end knows some.</summary>
public sealed class UsersElsewhereTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeBackEnd _backEnd = new();
    private readonly FakeBackEnd _tokens = new();
    private readonly BackEndAsks _asks;
    private readonly UserDirectory _users;
    private int _asked;

    public UsersElsewhereTests()
    {
        _asks = new BackEndAsks(new PamAuthConfig("test"), _backEnd, _time);
        FrozenSet<string> reserved = new[] { "local", "elsewhere" }.ToFrozenSet(StringComparer.Ordinal);
        _users = new UserDirectory([new UserConfig("local", new Secret("secret"))], _time, elsewhere: new UsersElsewhere(_asks, "proxy", reserved, _time));
        _backEnd.Rule = question =>
        {
            _asked++;
            return question == "alice:secret" ? BackEndAnswer.Allowed(new BackEndUser("alice") { Groups = ["ops"] }) : BackEndAnswer.Denied;
        };
    }

    public void Dispose()
    {
        _asks.Dispose();
        _backEnd.Dispose();
        _tokens.Dispose();
    }

    [Fact]
    public async Task An_inbound_with_a_back_end_asks_for_a_login_also_where_the_table_is_empty()
    {
        UserDirectory none = new([], _time, elsewhere: new UsersElsewhere(_asks, "proxy", [], _time));
        Assert.False(none.IsEmpty);
        Assert.True(none.HasPasswords);
        Assert.False(none.HasTokens);
        LoginResult login = await LogInAsync(none, "alice", "secret"u8.ToArray());
        Assert.Equal(("alice", "password:pam"), (login.Identity!.Name, login.Identity.Login));
        Assert.Equal(["ops"], login.Identity.Groups);
    }

    [Fact]
    public async Task What_cannot_be_a_login_is_not_asked_about()
    {
        foreach (byte[] name in new byte[][] { [], [0xff, 0xfe], [.. "a\nb"u8], [.. "a\0"u8], new byte[256] })
            Assert.False((await _users.ByPasswordAsync(name, "secret"u8.ToArray(), IPAddress.Loopback, default)).IsOk);
        foreach (byte[] password in new byte[][] { [], [.. "a\0b"u8] }) Assert.False((await LogInAsync(_users, "alice", password)).IsOk);
        foreach (string name in new[] { "local", "elsewhere" }) Assert.False((await LogInAsync(_users, name, "other"u8.ToArray())).IsOk);
        Assert.Equal(0, _asked);
        Assert.True((await LogInAsync(_users, "local", "secret"u8.ToArray())).IsOk);
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_not_made_to_be_one_beside_a_choice()
    {
        List<string> asked = [];
        _backEnd.Rule = question =>
        {
            asked.Add(question);
            return BackEndAnswer.Allowed(new BackEndUser("somebody"));
        };
        NameParametersConfig names = new([NameParameter.Session]);
        UserDirectory users = new([new UserConfig("b\ufffd", new Secret("secret"))], _time,
            elsewhere: new UsersElsewhere(_asks, "proxy", [], _time), names: names);
        byte[] secret = "secret"u8.ToArray();
        byte[][] broken = [[.. "a"u8, 0xff, .. "+session=7"u8], [.. "a+session=7"u8, 0xff], [.. "b"u8, 0xff], [.. "b"u8, 0xff, .. "+session=7"u8]];
        foreach (byte[] name in broken)
            Assert.False((await users.ByPasswordAsync(name, secret, IPAddress.Loopback, default)).IsOk);
        Assert.Empty(asked);
        Assert.True((await users.ByPasswordAsync("b\ufffd+session=7"u8.ToArray(), secret, IPAddress.Loopback, default)).IsOk);
    }

    [Fact]
    public async Task A_wrong_login_takes_as_long_whoever_it_is_about()
    {
        _backEnd.Rule = null;
        Task<LoginResult> unknown = LogInAsync(_users, "nobody", "x"u8.ToArray());
        TaskCompletionSource<BackEndAnswer> answer = _backEnd.Next().Answer;
        _time.Advance(TimeSpan.FromSeconds(1));
        answer.SetResult(BackEndAnswer.Denied);
        Assert.False((await unknown.WaitAsync(TestTransports.Patience)).IsOk);
        Assert.Equal(TimeSpan.FromSeconds(1), _asks.UsualDenial);
        // One that the table knows, one that is known by the last answer, and one that is not asked about.
        foreach ((string name, string password) in new[] { ("local", "wrong"), ("nobody", "x"), ("elsewhere", "x") })
        {
            Task<LoginResult> wrong = LogInAsync(_users, name, Encoding.UTF8.GetBytes(password));
            await _time.WaitForTimersAsync(1);
            _time.Advance(TimeSpan.FromSeconds(0.9));
            Assert.False(wrong.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(0.1));
            Assert.False((await wrong.WaitAsync(TestTransports.Patience)).IsOk);
        }
        Assert.Equal(0, _backEnd.Count);
        Assert.True((await LogInAsync(_users, "local", "secret"u8.ToArray()).WaitAsync(TestTransports.Patience)).IsOk);
    }

    [Fact]
    public async Task A_name_that_nobody_has_costs_a_hash_where_others_have_some()
    {
        Assert.True(PasswordHash.TryParse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", out PasswordHash? hash, out _));
        int computed = 0;
        PasswordVerifier verifier = new(TimeProvider.System)
        {
            Compute = (_, _) =>
            {
                computed++;
                return false;
            },
        };
        UserDirectory users = new([new UserConfig("local", null, hash)], _time, verifier, elsewhere: new UsersElsewhere(_asks, "proxy", [], _time));
        Assert.False((await LogInAsync(users, "nobody", "x"u8.ToArray())).IsOk);
        Assert.Equal(1, computed);
        // Who comes in costs none.
        Assert.True((await LogInAsync(users, "alice", "secret"u8.ToArray())).IsOk);
        Assert.Equal(1, computed);
    }

    [Fact]
    public async Task A_reload_that_takes_the_back_end_away_has_the_login_checked_anew()
    {
        _backEnd.Rule = null;
        UsersInForce inForce = new(_users);
        Task<LoginResult> login = inForce.ByPasswordAsync("alice"u8.ToArray(), "secret"u8.ToArray(), IPAddress.Loopback, default).AsTask();
        TaskCompletionSource<BackEndAnswer> answer = _backEnd.Next().Answer;
        inForce.Now = new UserDirectory([new UserConfig("local", new Secret("secret"))], _time);
        answer.SetResult(BackEndAnswer.Allowed(new BackEndUser("alice")));
        Assert.False((await login.WaitAsync(TestTransports.Patience)).IsOk);

        inForce.Now = _users;
        login = inForce.ByPasswordAsync("bob"u8.ToArray(), "secret"u8.ToArray(), IPAddress.Loopback, default).AsTask();
        answer = _backEnd.Next().Answer;
        inForce.Now = new UserDirectory([new UserConfig("bob", new Secret("secret"))], _time);
        answer.SetResult(BackEndAnswer.Unavailable("it was taken away"));
        Assert.True((await login.WaitAsync(TestTransports.Patience)).IsOk);
    }

    [Fact]
    public async Task A_token_is_checked_anew_when_a_reload_takes_its_back_end_away()
    {
        _tokens.Rule = null;
        using BackEndAsks asks = new(new HttpAuthConfig { Url = new Secret("http://127.0.0.1:1/") }, _tokens, _time);
        UsersInForce inForce = new(new UserDirectory([], _time, elsewhere: new UsersElsewhere(asks, "proxy", [], _time)));
        Task<LoginResult> login = inForce.ByTokenAsync("to-ken"u8.ToArray(), IPAddress.Loopback, default).AsTask();
        TaskCompletionSource<BackEndAnswer> answer = _tokens.Next().Answer;
        inForce.Now = new UserDirectory([new UserConfig("local", new Secret("secret"))], _time);
        answer.SetResult(BackEndAnswer.Allowed(new BackEndUser("alice")));
        Assert.False((await login.WaitAsync(TestTransports.Patience)).IsOk);
    }

    [Fact]
    public async Task An_outage_is_told_as_one()
    {
        _backEnd.Rule = _ => BackEndAnswer.Unavailable("away");
        ProxyException told = await Assert.ThrowsAsync<ProxyException>(() => LogInAsync(_users, "alice", "secret"u8.ToArray()));
        Assert.Equal(ProxyError.BackEndUnavailable, told.Reason);
        Assert.DoesNotContain("secret", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_used_refuses_the_login_and_says_why()
    {
        _backEnd.Rule = _ => BackEndAnswer.Unusable("it answered 404");
        LoginResult login = await LogInAsync(_users, "alice", "secret"u8.ToArray());
        Assert.Equal((LoginOutcome.Unusable, "it answered 404", (UserIdentity?)null), (login.Outcome, login.Fault, login.Identity));
    }

    [Fact]
    public void What_is_known_of_users_has_an_end_and_changes_of_limits_are_told()
    {
        KnownUsers known = new(_time);
        List<string> changed = [];
        known.LimitsChanged = changed.Add;
        for (int i = 0; i <= KnownUsers.MaxCount; i++)
        {
            known.Note(Identity($"user {i}", null), "a");
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.True(known.All.Count() <= KnownUsers.MaxCount);
        Assert.Null(known.Find("user 0"));
        Assert.NotNull(known.Find($"user {KnownUsers.MaxCount}"));
        Assert.Empty(changed);
        known.Note(Identity("alice", new ScopeLimits { Connections = 1 }), "a");
        known.Note(Identity("alice", new ScopeLimits { Connections = 1 }), "b");
        known.Note(Identity("alice", new ScopeLimits { Connections = 2 }), "b");
        Assert.Equal(["alice", "alice"], changed);
        Assert.Equal(["a", "b"], known.Find("alice")!.Inbounds);
        known.Note(new UserIdentity("local", "password", []), "a");
        Assert.Null(known.Find("local"));

    }

    [Fact]
    public async Task A_reload_that_keeps_the_back_end_asks_it_no_second_time_about_a_login()
    {
        _backEnd.Rule = null;
        UsersInForce users = new(_users);
        Task<LoginResult> login = users.ByPasswordAsync("alice"u8.ToArray(), "secret"u8.ToArray(), IPAddress.Loopback, default).AsTask();
        (_, TaskCompletionSource<BackEndAnswer> answer) = _backEnd.Next();
        users.Now = new UserDirectory([], _time, elsewhere: new UsersElsewhere(_asks, "proxy", [], _time));
        answer.SetResult(BackEndAnswer.Allowed(new BackEndUser("alice")));
        Assert.Equal("alice", (await login.WaitAsync(TestTransports.Patience)).Identity?.Name);
        Assert.Equal(0, _backEnd.Count);
    }

    [Fact]
    public async Task Reloads_that_change_the_back_end_again_and_again_end_a_login_and_do_not_ask_for_ever()
    {
        UsersInForce? users = null;
        int asked = 0;
        List<BackEndAsks> others = [];
        _backEnd.Rule = question =>
        {
            asked++;
            BackEndAsks other = new(new PamAuthConfig($"other {asked}"), _backEnd, _time);
            others.Add(other);
            users!.Now = new UserDirectory([], _time, elsewhere: new UsersElsewhere(other, "proxy", [], _time));
            return BackEndAnswer.Allowed(new BackEndUser("alice"));
        };
        users = new UsersInForce(_users);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => users.ByPasswordAsync("alice"u8.ToArray(), "secret"u8.ToArray(), IPAddress.Loopback, default).AsTask());
        Assert.Equal((ProxyError.BackEndUnavailable, 3), (refused.Reason, asked));
        foreach (BackEndAsks other in others) other.Dispose();
    }

    [Fact]
    public void Who_is_connected_is_not_forgotten_for_those_that_come_in()
    {
        KnownUsers known = new(_time) { Present = () => ["alice"] };
        known.Note(Identity("alice", new ScopeLimits { Connections = 1 }), "a");
        for (int i = 0; i <= KnownUsers.MaxCount; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            known.Note(Identity($"user {i}", null), "a");
        }
        Assert.Equal(1, known.LimitsOf("alice")?.Connections);
        Assert.Null(known.Find("user 0"));
    }

    [Fact]
    public void Users_of_one_name_at_two_back_ends_have_limits_of_their_own()
    {
        KnownUsers known = new(_time);
        string own = UserAccount.Of("edge.auth", "alice");
        known.Note(Identity("alice", new ScopeLimits { Connections = 1 }), "a");
        known.Note(Identity("alice", new ScopeLimits { Connections = 9 }) with { Account = own }, "edge");
        known.Note(Identity("alice", null) with { Account = UserAccount.Of("third.auth", "alice") }, "third");
        Assert.Equal((1, 9, null), (known.LimitsOf("alice")?.Connections, known.LimitsOf(own)?.Connections, known.LimitsOf("third")?.Connections));
        Assert.Equal(["third"], known.Find("alice")!.Inbounds);
        known.Forget("alice");
        Assert.Empty(known.All);
        Assert.Null(known.Find("alice"));
    }

    private static UserIdentity Identity(string name, ScopeLimits? limits) =>
        new(name, "password:http", []) { BackEndUser = new BackEndUser(name) { Limits = limits } };

    private static Task<LoginResult> LogInAsync(UserDirectory users, string name, byte[] password) =>
        users.ByPasswordAsync(Encoding.UTF8.GetBytes(name), password, IPAddress.Loopback, default).AsTask();
}
