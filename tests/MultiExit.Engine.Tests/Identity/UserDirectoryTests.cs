using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Identity;

public sealed class UserDirectoryTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("10.8.1.2", "narrow")]
    [InlineData("10.8.2.2", "wide")]
    [InlineData("::ffff:10.8.1.2", "narrow")]
    [InlineData("11.0.0.1", null)]
    [InlineData("2001:db8::7", "six")]
    [InlineData("2001:db9::7", null)]
    public void Of_several_networks_the_most_specific_counts(string client, string? user)
    {
        UserDirectory users = Of(
            new UserConfig("wide", null) { Networks = [IPNetwork.Parse("10.0.0.0/8")] },
            new UserConfig("narrow", null) { Networks = [IPNetwork.Parse("192.0.2.1/32"), IPNetwork.Parse("10.8.1.0/24")] },
            new UserConfig("six", null) { Networks = [IPNetwork.Parse("2001:db8::/32")] });
        Assert.Equal(user, users.ByNetwork(IPAddress.Parse(client)).Identity?.Name);
    }

    [Fact]
    public void The_network_of_a_disabled_user_does_not_fall_back_to_a_wider_one()
    {
        UserDirectory users = Of(
            new UserConfig("wide", null) { Networks = [IPNetwork.Parse("10.0.0.0/8")] },
            new UserConfig("narrow", null) { Networks = [IPNetwork.Parse("10.8.1.0/24")], Disabled = true });
        Assert.Equal(LoginOutcome.Disabled, users.ByNetwork(IPAddress.Parse("10.8.1.2")).Outcome);
    }

    [Fact]
    public async Task A_user_ends_at_its_time_and_says_so_only_to_who_knows_the_password()
    {
        UserDirectory users = Of(new UserConfig("alice", new Secret("pw")) { Expires = _time.GetUtcNow() + TimeSpan.FromSeconds(1) });
        Assert.Equal(LoginOutcome.Ok, (await Login(users, "alice", "pw")).Outcome);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LoginOutcome.Expired, (await Login(users, "alice", "pw")).Outcome);
        Assert.Equal(LoginOutcome.Wrong, (await Login(users, "alice", "other")).Outcome);
    }

    [Fact]
    public async Task A_user_without_a_password_has_none_that_is_right()
    {
        UserDirectory users = Of(new UserConfig("alice", null) { Tokens = [new("ci", new Secret("token"))] });
        Assert.Equal(LoginOutcome.Wrong, (await Login(users, "alice", "")).Outcome);
        Assert.False(users.IsEmpty);
        Assert.False(users.HasPasswords);
    }

    [Fact]
    public void A_token_is_found_with_its_user_and_its_name()
    {
        UserDirectory users = Of(
            new UserConfig("alice", null) { Tokens = [new("ci", new Secret("one")), new("phone", new Secret("two"))] },
            new UserConfig("bob", null) { Tokens = [new("ci", new Secret("three"))], Disabled = true, Groups = ["ops"] });
        Assert.Equal(("alice", "token:phone"), Named(users.ByToken("two"u8)));
        Assert.Equal(LoginOutcome.Disabled, users.ByToken("three"u8).Outcome);
        Assert.Equal(["ops"], users.ByToken("three"u8).Identity!.Groups);
        Assert.Equal(LoginOutcome.Wrong, users.ByToken("thre"u8).Outcome);
        Assert.Equal(LoginOutcome.Wrong, users.ByToken([]).Outcome);
    }

    [Fact]
    public async Task A_login_that_a_reload_overtakes_is_judged_by_the_users_after_it()
    {
        UsersInForce users = new(Of(new UserConfig("alice", new Secret("pw"))));
        Assert.True((await users.ByPasswordAsync("alice"u8.ToArray(), "pw"u8.ToArray(), IPAddress.Loopback, default)).IsOk);
        users.Now = Of(new UserConfig("alice", new Secret("pw")) { Disabled = true });
        Assert.Equal(LoginOutcome.Disabled, (await users.ByPasswordAsync("alice"u8.ToArray(), "pw"u8.ToArray(), IPAddress.Loopback, default)).Outcome);
    }

    [Fact]
    public async Task A_name_that_nobody_has_costs_one_hash_as_a_wrong_password_does()
    {
        Assert.True(PasswordHash.TryParse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", out PasswordHash? hash, out _));
        List<PasswordAlgorithm> computed = [];
        PasswordVerifier verifier = new(TimeProvider.System)
        {
            Compute = (each, _) =>
            {
                computed.Add(each.Algorithm);
                return false;
            },
        };
        UserDirectory users = new([new UserConfig("hashed", null, hash), new UserConfig("plain", new Secret("pw"))], _time, verifier);
        foreach (string name in (string[])["hashed", "nobody", "plain"]) Assert.Equal(LoginOutcome.Wrong, (await Login(users, name, $"x {name}")).Outcome);
        Assert.Equal([hash.Algorithm, hash.Algorithm, hash.Algorithm], computed);
    }

    private UserDirectory Of(params UserConfig[] users) => new(users, _time);

    private static (string Name, string Login) Named(LoginResult login) => (login.Identity!.Name, login.Identity.Login);

    private static ValueTask<LoginResult> Login(UserDirectory users, string name, string password) =>
        users.ByPasswordAsync(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(password), IPAddress.Loopback, default);
}
