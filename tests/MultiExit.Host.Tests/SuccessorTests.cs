using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

/// <summary>The command that starts a program again.</summary>
public sealed class SuccessorTests
{
    [Fact]
    public void A_program_is_started_by_the_link_it_was_started_by_and_takes_over_once()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "multiexit"), "");
        (string program, IReadOnlyList<string> arguments) = Successor.CommandOf(["./multiexit", "run", "--config", "a b"], "/opt/2/multiexit", folder.Path);
        Assert.Equal(Path.Combine(folder.Path, "multiexit"), Path.GetFullPath(program));
        Assert.Equal(["run", "--config", "a b", "--takeover"], arguments);
        Assert.Equal(arguments, Successor.CommandOf(["./multiexit", .. arguments], "/opt/2/multiexit", folder.Path).Arguments);
    }

    [Theory]
    [InlineData("multiexit")]
    [InlineData("./gone")]
    public void A_program_that_was_found_by_its_name_or_has_gone_is_started_by_its_path(string name)
    {
        using TemporaryFolder folder = new();
        Assert.Equal("/opt/2/multiexit", Successor.CommandOf([name, "run"], "/opt/2/multiexit", folder.Path).Program);
    }
}
