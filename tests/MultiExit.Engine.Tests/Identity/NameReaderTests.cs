using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.Tests.Identity;

public sealed class NameReaderTests
{
    private static readonly NameParametersConfig All = new([NameParameter.Session, NameParameter.Exit, NameParameter.Country, NameParameter.Ttl]);

    [Theory]
    [InlineData("alice", "alice", "")]
    [InlineData("alice+session=7", "alice", "7|||")]
    [InlineData("alice+session=7+exit=wan2", "alice", "7|wan2||")]
    [InlineData("alice+country=de+ttl=10m+session=a", "alice", "a||DE|00:10:00")]
    [InlineData("alice+session=a=b", "alice", "a=b|||")]
    [InlineData("a=b+session=~!x", "a=b", "~!x|||")]
    [InlineData("+session=7", "", "7|||")]
    [InlineData("alice@corp example+exit=a:b.c-d_e", "alice@corp example", "|a:b.c-d_e||")]
    public void A_name_is_a_user_and_what_it_chooses(string name, string user, string choice)
    {
        (string read, NameChoice? chosen) = NameReader.Read(name, All);
        Assert.Equal((user, choice), (read, chosen is null ? "" : $"{chosen.Session}|{chosen.Exit}|{chosen.Country}|{chosen.Ttl}"));
        Assert.Null(chosen?.Problem);
    }

    [Theory]
    [InlineData("alice+", "is not KEY=VALUE")]
    [InlineData("alice+session", "is not KEY=VALUE")]
    [InlineData("alice+session=7+", "is not KEY=VALUE")]
    [InlineData("alice++session=7", "is not KEY=VALUE")]
    [InlineData("alice+sesion=7", "has `sesion`; expected session, exit, country, ttl (did you mean session?)")]
    [InlineData("alice+Session=7", "has a parameter that is unknown; expected session, exit, country, ttl (did you mean session?)")]
    [InlineData("alice+Pa55word!=7", "has a parameter that is unknown; expected session, exit, country, ttl")]
    [InlineData("alice+=7", "has a parameter that is unknown")]
    [InlineData("alice+session=7+session=7", "`session` stands in the user name twice")]
    [InlineData("alice+session=", "`session` in the user name has a bad value; expected 1 to 128 visible ASCII characters")]
    [InlineData("alice+session=a b", "`session` in the user name has a bad value")]
    [InlineData("alice+session=ä", "`session` in the user name has a bad value")]
    [InlineData("alice+exit=", "`exit` in the user name has a bad value; expected the name of an exit")]
    [InlineData("alice+exit=../x", "`exit` in the user name has a bad value")]
    [InlineData("alice+country=deu", "`country` in the user name has a bad value; expected two letters such as de")]
    [InlineData("alice+country=d1", "`country` in the user name has a bad value")]
    [InlineData("alice+session=7+ttl=10", "`ttl` in the user name has a bad value; expected a duration such as 10m, 1s to 24h")]
    [InlineData("alice+session=7+ttl=0s", "`ttl` in the user name has a bad value")]
    [InlineData("alice+session=7+ttl=25h", "`ttl` in the user name has a bad value")]
    [InlineData("alice+ttl=10m", "`ttl` in the user name needs a `session` there")]
    public void What_cannot_be_done_is_said_and_the_user_is_known_all_the_same(string name, string problem)
    {
        (string user, NameChoice? choice) = NameReader.Read(name, All);
        Assert.Equal("alice", user);
        Assert.Contains(problem, choice!.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("Pa55word", choice.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_may_have_128_characters_and_no_more()
    {
        Assert.Null(NameReader.Read("alice+session=" + new string('x', 128), All).Choice!.Problem);
        Assert.NotNull(NameReader.Read("alice+session=" + new string('x', 129), All).Choice!.Problem);
    }

    [Fact]
    public void Of_a_thousand_parts_the_first_that_is_wrong_is_told() => Assert.Equal("`session` stands in the user name twice",
        NameReader.Read("alice+session=1+exit=a+country=de+ttl=1m" + string.Concat(Enumerable.Repeat("+session=2", 1000)), All).Choice!.Problem);

    [Fact]
    public void A_parameter_that_is_not_listed_is_refused() =>
        Assert.Equal("`exit` in the user name is not in `name_parameters`",
            NameReader.Read("alice+session=7+exit=wan2", new([NameParameter.Session])).Choice!.Problem);

    [Fact]
    public void Without_name_parameters_a_name_is_a_name() => Assert.Equal(("alice+session=7", null), NameReader.Read("alice+session=7", null));

    [Fact]
    public void Another_separator_takes_the_place_of_the_plus()
    {
        NameParametersConfig syntax = new([NameParameter.Session], ';');
        Assert.Equal("a+b", NameReader.Read("a+b;session=1+2", syntax).User);
        Assert.Equal("1+2", NameReader.Read("a+b;session=1+2", syntax).Choice!.Session);
    }
}
