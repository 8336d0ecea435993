using System.Globalization;
using System.Text;
using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.Tests.BackEnds;

/// <summary>What an HTTP back-end answers, in JSON.</summary>
public sealed class HttpAnswerReaderTests
{
    [Fact]
    public void A_whole_answer_is_read()
    {
        BackEndAnswer answer = Read(
            """
            {"allow":true,"user":"ally","groups":["ops","staff","ops"],"exit":"wan2","other":{"a":[1]},
             "limits":{"connections":5,"new":"7/s","bandwidth":"10MB/s","udp":2,"quota":5000000000}}
            """);
        Assert.Equal(BackEndVerdict.Allowed, answer.Verdict);
        Assert.Equal(("ally", "wan2"), (answer.User!.Name, answer.User.Exit));
        Assert.Equal(["ops", "staff"], answer.User.Groups);
        Assert.Equal(
            new ScopeLimits { Connections = 5, NewPerSecond = 7, Bandwidth = 10_000_000, Associations = 2, Quota = 5_000_000_000 }, answer.User.Limits);
    }

    [Fact]
    public void The_least_answer_is_about_the_name_that_was_asked_about()
    {
        BackEndAnswer answer = Read("""{"allow":true,"user":null,"groups":null,"limits":null,"exit":null}""");
        Assert.Equal(new BackEndUser("asked"), answer.User);
        Assert.Equal(BackEndVerdict.Denied, Read("""{"allow":false,"user":7}""").Verdict);
    }

    [Theory]
    [InlineData("", "it is no JSON, or has a key twice")]
    [InlineData("<html>", "it is no JSON, or has a key twice")]
    [InlineData("{\"allow\":true", "it is no JSON, or has a key twice")]
    [InlineData("{\"allow\":false,\"allow\":true}", "it is no JSON, or has a key twice")]
    [InlineData("{\"allow\":false,\"\\u0061llow\":true}", "it is no JSON, or has a key twice")]
    [InlineData("{\"allow\":true,\"limits\":{\"udp\":1,\"udp\":0}}", "it is no JSON, or has a key twice")]
    [InlineData("[true]", "it is no JSON object")]
    [InlineData("{}", "it has no `allow`: true or false")]
    [InlineData("{\"allow\":\"true\"}", "it has no `allow`: true or false")]
    [InlineData("{\"allow\":1}", "it has no `allow`: true or false")]
    [InlineData("{\"allow\":true,\"user\":\"\"}", "its `user` is no name")]
    [InlineData("{\"allow\":true,\"user\":\"a\\nb\"}", "its `user` is no name")]
    [InlineData("{\"allow\":true,\"user\":7}", "its `user` is no name")]
    [InlineData("{\"allow\":true,\"user\":\"\\ud800\"}", "it has a text that is no Unicode")]
    [InlineData("{\"allow\":true,\"exit\":[]}", "its `exit` is no text")]
    [InlineData("{\"allow\":true,\"groups\":\"ops\"}", "its `groups` are no list")]
    [InlineData("{\"allow\":true,\"groups\":[\"a b\"]}", "one of its `groups` is no name")]
    [InlineData("{\"allow\":true,\"groups\":[7]}", "one of its `groups` is no name")]
    [InlineData("{\"allow\":true,\"limits\":7}", "its `limits` are no object")]
    [InlineData("{\"allow\":true,\"limits\":{\"bandwith\":\"1MB/s\"}}", "its `limits` have a key other than")]
    [InlineData("{\"allow\":true,\"limits\":{\"bandwidth\":\"fast\"}}", "its `limits.bandwidth` is neither")]
    [InlineData("{\"allow\":true,\"limits\":{\"connections\":\"5\"}}", "its `limits.connections` is neither")]
    [InlineData("{\"allow\":true,\"limits\":{\"connections\":1.5}}", "its `limits.connections` is neither")]
    [InlineData("{\"allow\":true,\"limits\":{\"connections\":0}}", "limits.connections: expected a whole number from 1 to 1000000")]
    [InlineData("{\"allow\":true,\"limits\":{\"connections\":4294967297}}", "limits.connections: expected a whole number from 1 to 1000000")]
    [InlineData("{\"allow\":true,\"limits\":{\"quota\":-1}}", "limits.quota: ")]
    public void What_cannot_be_used_is_no_answer_and_says_what_is_wrong(string json, string reason)
    {
        BackEndAnswer answer = Read(json);
        Assert.Equal(BackEndVerdict.Unusable, answer.Verdict);
        Assert.Contains(reason, answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_and_many_groups_have_an_end()
    {
        Assert.Equal(BackEndVerdict.Unusable, Read("{\"allow\":true,\"x\":" + new string('[', 1000) + new string(']', 1000) + "}").Verdict);
        string Groups(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"g{i}\"")));
        Assert.Equal(BackEndUser.MaxGroups, Read($"{{\"allow\":true,\"groups\":[{Groups(BackEndUser.MaxGroups)}]}}").User!.Groups.Count);
        Assert.Equal(BackEndVerdict.Unusable, Read($"{{\"allow\":true,\"groups\":[{Groups(BackEndUser.MaxGroups + 1)}]}}").Verdict);
    }

    [Fact]
    public void A_token_needs_a_user_in_the_answer()
    {
        Assert.Equal(BackEndVerdict.Unusable, HttpAnswerReader.Read("""{"allow":true}"""u8.ToArray(), null).Verdict);
        Assert.Equal("ci", HttpAnswerReader.Read("""{"allow":true,"user":"ci"}"""u8.ToArray(), null).User!.Name);
    }

    private static BackEndAnswer Read(string json) => HttpAnswerReader.Read(Encoding.UTF8.GetBytes(json), "asked");
}
