using MultiExit.Engine.Configuration.Groups;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The keys of groups whose members come and go.</summary>
public sealed class GroupMembersConfigTests
{
    private const string Start = "inbounds: [{ name: a, type: mixed, listen: \":1\" }]\ngroups: ";

    [Fact]
    public void A_group_takes_members_only_where_it_says_so_and_then_needs_no_exits()
    {
        Assert.Null(Read("[{ name: g, exits: [direct] }]").Publish);
        Assert.Null(Read("[{ name: g, exits: [direct], publish: false }]").Publish);
        Assert.Equal(new PublishConfig(), Read("[{ name: g, publish: true }]").Publish);
        Assert.Equal(new PublishConfig { Max = 5, Expires = TimeSpan.FromHours(1) }, Read("[{ name: g, publish: { max: 5, expires: 1h } }]").Publish);
        MemberListConfig list = Read("[{ name: g, members: { url: \"https://lists.example/x?token=t\", every: 5m, max: 7, via: direct } }]").Members!;
        Assert.Equal((TimeSpan.FromMinutes(5), 7, "direct", "https://lists.example/x?***"), (list.Every, list.Max, list.Via, list.Source));
        Assert.Equal(TimeSpan.FromSeconds(10), Read("[{ name: g, members: { file: x } }]").Members!.Every);
    }

    [Theory]
    [InlineData("[{ name: g }]", "groups[0].exits", "missing; a group needs a list of exits or groups")]
    [InlineData("[{ name: g, publish: yes please }]", "groups[0].publish", "expected true, false or { max, expires }")]
    [InlineData("[{ name: g, publish: { max: 0 } }]", "groups[0].publish.max", "expected a whole number from 1 to 100000")]
    [InlineData("[{ name: g, publish: { expires: 31d } }]", "groups[0].publish.expires", "is out of range; expected 1s to 720h")]
    [InlineData("[{ name: g, members: {} }]", "groups[0].members", "expected either `file` or `url`, where the members come from")]
    [InlineData("[{ name: g, members: { file: x, via: direct } }]", "groups[0].members.via", "of no use with `file`")]
    [InlineData("[{ name: g, members: { url: \"ftp://a/\" } }]", "groups[0].members.url", "expected a URL with https:// or http://")]
    [InlineData("[{ name: g, members: [x] }]", "groups[0].members", "expected a mapping")]
    public void What_is_wrong_is_told_with_its_place(string groups, string path, string message)
    {
        Errors.ConfigError error = Assert.Single(ConfigAssert.Errors(Start + groups));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static GroupConfig Read(string groups) => ConfigAssert.Valid(Start + groups).Groups[0];
}
