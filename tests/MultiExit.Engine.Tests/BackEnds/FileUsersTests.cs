using System.Net;
using System.Text;
using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.BackEnds;

/// <summary>Users in a file of names and hashes.</summary>
public sealed class FileUsersTests : IDisposable
{
    // The password of both is U*U (a vector of crypt_blowfish).
    private const string Hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    private const string Other = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK";

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _takenBack = [];

    private string Path => _folder["users"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_user_comes_in_by_its_hash_and_nobody_else()
    {
        File.WriteAllText(Path, $"# staff\n\nalice:{Hash}\r\nb ob:{Hash}:more:fields\n");
        using FileUsers users = Load();
        Assert.Equal("alice", (await LogIn(users, "alice", "U*U"))?.User.Name);
        Assert.Equal("b ob", (await LogIn(users, "b ob", "U*U"))?.User.Name);
        Assert.Null(await LogIn(users, "alice", "U*V"));
        Assert.Null(await LogIn(users, "carol", "U*U"));
        Assert.Null(await users.LogInAsync(new(null, "U*U"u8.ToArray(), "proxy", IPAddress.Loopback), default));
    }

    [Fact]
    public async Task A_change_counts_from_the_next_read_and_what_it_takes_away_is_told()
    {
        File.WriteAllText(Path, $"alice:{Hash}\nbob:{Hash}\ncarol:{Hash}\n");
        using FileUsers users = Load();
        string[] credentials = [.. await Task.WhenAll(
            new[] { "alice", "bob", "carol" }.Select(async name => (await LogIn(users, name, "U*U"))!.Value.Credential))];
        File.WriteAllText(Path, $"alice:{Hash}\nbob:{Other}\n");
        users.Refresh();
        Assert.Equal(credentials[1..].Order(StringComparer.Ordinal), _takenBack.Order(StringComparer.Ordinal));
        Assert.NotNull(await LogIn(users, "alice", "U*U"));
        Assert.Null(await LogIn(users, "bob", "U*U"));
        Assert.Null(await LogIn(users, "carol", "U*U"));
    }

    [Fact]
    public async Task A_file_may_begin_with_the_mark_of_UTF_8()
    {
        File.WriteAllText(Path, $"\ufeffalice:{Hash}\n");
        using FileUsers users = Load();
        Assert.Equal("alice", (await LogIn(users, "alice", "U*U"))?.User.Name);
    }

    [Fact]
    public void A_folder_in_its_place_is_called_one()
    {
        Directory.CreateDirectory(Path);
        Assert.EndsWith("is a folder", Assert.Throws<ProxyException>(Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_valid_leaves_those_of_before()
    {
        File.WriteAllText(Path, $"alice:{Hash}\n");
        using FileUsers users = Load();
        File.WriteAllText(Path, "alice:plain\n");
        Assert.Throws<ProxyException>(users.Refresh);
        File.Delete(Path);
        Assert.Throws<ProxyException>(users.Refresh);
        Assert.NotNull(await LogIn(users, "alice", "U*U"));
        Assert.Empty(_takenBack);
    }

    [Theory]
    [InlineData("alice", "line 1 of the file PATH has no name before a colon")]
    [InlineData(":x", "line 1 of the file PATH has no name before a colon")]
    [InlineData("a\tb:x", "line 1 of the file PATH has a name that is longer than 255 octets, no UTF-8, or with control characters")]
    [InlineData("ok:" + Hash + "\nok:" + Hash, "line 2 of the file PATH has ok again, who has a line already")]
    [InlineData("alice:$apr1$abcdefgh$0123456789abcdefghijk.", "line 1 of the file PATH (alice): its hash is MD5, which is not taken")]
    [InlineData("alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "line 1 of the file PATH (alice): its hash is SHA-1 without a salt, which is not taken")]
    [InlineData("alice:$6$salt$hash", "line 1 of the file PATH (alice): its hash is crypt(3) with SHA-2, which is not taken")]
    [InlineData("alice:rqXexS6ZhobKA", "line 1 of the file PATH (alice): its hash is crypt(3) with DES, which is not taken")]
    [InlineData("alice:hunter2", "line 1 of the file PATH (alice): ")]
    public void A_faulty_line_is_told_by_its_number_and_without_its_hash(string content, string message)
    {
        File.WriteAllText(Path, content);
        string told = Assert.Throws<ProxyException>(Load).Message;
        Assert.StartsWith(message.Replace("PATH", Path, StringComparison.Ordinal), told, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
        Assert.DoesNotContain("rqXexS6ZhobKA", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_has_an_end()
    {
        File.WriteAllBytes(Path, new byte[PasswordFile.MaxLength + 1]);
        Assert.Throws<ProxyException>(Load);
        File.WriteAllText(Path, $"{new string('x', 256)}:{Hash}");
        Assert.Throws<ProxyException>(Load);
    }

    private FileUsers Load() => new(new FileAuthConfig(Path), new PasswordVerifier(TimeProvider.System), TimeProvider.System) { TakenBack = _takenBack.Add };

    private static async Task<(BackEndUser User, string Credential)?> LogIn(FileUsers users, string name, string password) =>
        await users.LogInAsync(new(name, Encoding.UTF8.GetBytes(password), "proxy", IPAddress.Loopback), default);
}
