using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary><c>password_hash</c> of a user, and the warning of passwords in clear text.</summary>
public sealed class PasswordHashConfigTests : IDisposable
{
    private const string Hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"; // U*U
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_user_has_the_hash_of_a_password()
    {
        UserConfig user = Assert.Single(ConfigAssert.Valid(Of($"password_hash: {Hash}")).Inbounds[0].Accounts);
        Assert.Null(user.Password);
        Assert.True(user.PasswordHash!.Matches("U*U"u8));
    }

    [Fact]
    public void The_hash_may_stand_in_a_file()
    {
        File.WriteAllText(_folder["hash"], Hash + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["hash"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.NotNull(ConfigAssert.Valid(Of($"password_hash: {{ file: {_folder["hash"]} }}")).Inbounds[0].Accounts[0].PasswordHash);
    }

    [Theory]
    [InlineData("password_hash: hunter2",
        "it is no hash: one begins with $argon2id$, $scrypt$, $2a$, $2b$ or $2y$ (`multiexit hash` and New-MxPasswordHash make one)")]
    [InlineData("password_hash: \"$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\"",
        "the cost (31) is not 4 to 15: each step doubles the time, and 15 takes seconds (`multiexit hash` and New-MxPasswordHash make one)")]
    [InlineData("password: x, password_hash: " + Hash, "the user has a `password` as well; expected one of them")]
    public void A_wrong_hash_is_an_error_at_its_place(string user, string message)
    {
        ConfigError error = Assert.Single(ConfigLoader.Parse(Of(user)).Errors);
        Assert.Equal(("inbounds[0].users.alice.password_hash", message), (error.Path, error.Message));
        Assert.Equal(1, error.Line);
    }

    [Fact]
    public async Task Passwords_in_clear_text_are_one_warning_that_says_what_to_write()
    {
        ConfigCheck check = await CheckAsync("""
            inbounds:
              - { name: a, type: http, listen: "127.0.0.1:0", users: { alice: { password: hunter2 }, bob: { password: hunter3 } } }
              - { name: b, type: socks5, listen: "127.0.0.1:0", users: { carol: { password: hunter4 } } }
            """);
        Assert.Equal("MX1092", Assert.Single(check.Warnings).Id);
        Assert.StartsWith("3 passwords stand in clear text in the configuration, the first at inbounds[0].users.alice.password; write `password_hash`",
            check.Warnings[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", check.Warnings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hash_and_a_reference_are_not_warned_of()
    {
        File.WriteAllText(_folder["bob"], "hunter2");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["bob"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Empty((await CheckAsync($$"""
            inbounds: [{ name: a, type: http, listen: "127.0.0.1:0", users: { alice: { password_hash: {{Hash}} }, bob: { password: { file: bob } } } }]
            """)).Warnings);
    }

    [Fact]
    public void The_password_of_a_URL_is_not_in_the_configuration_file() =>
        Assert.Empty(ConfigLoader.FromUrls(["socks5://alice:wonder@127.0.0.1:1080"], null).Config!.ClearPasswords);

    private static string Of(string user) => $"inbounds: [{{ name: a, type: http, listen: \"127.0.0.1:0\", users: {{ alice: {{ {user} }} }} }}]";

    private Task<ConfigCheck> CheckAsync(string text)
    {
        File.WriteAllText(_folder["edge.yaml"], text, Encoding.UTF8);
        return ConfigCheck.OnThisMachineAsync(ConfigLoader.LoadFile(_folder["edge.yaml"]), _folder["edge.yaml"]);
    }
}
