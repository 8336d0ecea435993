using MultiExit.Engine.Hashing;

namespace MultiExit.Host.Tests;

/// <summary><c>multiexit hash</c>.</summary>
public sealed class HashCommandTests
{
    [Theory]
    [InlineData("--memory 64 --passes 1", "$argon2id$v=19$m=64,t=1,p=1$")]
    [InlineData("--algorithm scrypt --cost 4 --block-size 4 --lanes 2", "$scrypt$ln=4,r=4,p=2$")]
    [InlineData("--algorithm=bcrypt --cost=4", "$2b$04$")]
    public void The_hash_of_the_password_is_printed(string arguments, string begin)
    {
        string text = Run(arguments, "wonderland");
        Assert.StartsWith(begin, text, StringComparison.Ordinal);
        Assert.True(PasswordHash.TryParse(text, out PasswordHash? hash, out _));
        Assert.Equal(text, hash.Reveal());
    }

    [Theory]
    [InlineData("--algorithm md5", "x", "expected argon2id, scrypt or bcrypt")]
    [InlineData("--memory 64MB", "x", "--memory is no whole number")]
    [InlineData("--memory 262145", "x", "the memory (m=262145) is not 8 to 262144 KiB")]
    [InlineData("--algorithm bcrypt --memory 64", "x", "memory is no parameter of bcrypt")]
    [InlineData("", "", "a password has 1 to 255 octets")]
    [InlineData("", null, "a password has 1 to 255 octets")]
    [InlineData("--algorithm bcrypt --cost 4", "0123456789012345678901234567890123456789012345678901234567890123456789012", "bcrypt sees 72 octets")]
    public void What_cannot_be_hashed_is_said(string arguments, string? password, string message) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => Run(arguments, password)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_password_among_the_arguments_is_refused_and_not_repeated()
    {
        using StringWriter output = new();
        using StringWriter error = new();
        Assert.Equal(ExitCode.Usage, await CommandLine.RunAsync(["hash", "hunter2"], output, error));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    private static string Run(string arguments, string? password)
    {
        using StringWriter output = new();
        HashCommand.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), () => password, output);
        return output.ToString().TrimEnd();
    }
}
