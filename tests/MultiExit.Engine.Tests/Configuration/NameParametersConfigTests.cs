using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

public sealed class NameParametersConfigTests
{
    private const string Users = "users: { alice: { password: \"pw\" } }\n";

    [Fact]
    public void They_are_read_with_their_separator()
    {
        NameParametersConfig names = ConfigAssert.Valid(
            ConfigAssert.Inbound + "name_parameters: [session, country, ttl]\nname_separator: \";\"").NameParameters!;
        Assert.Equal([NameParameter.Session, NameParameter.Country, NameParameter.Ttl], names.Allowed);
        Assert.Equal(';', names.Separator);
        Assert.Equal('+', ConfigAssert.Valid(ConfigAssert.Inbound + "name_parameters: exit").NameParameters!.Separator);
        Assert.Null(ConfigAssert.Valid(ConfigAssert.Inbound).NameParameters);
    }

    [Theory]
    [InlineData("name_parameters: [session, colour]", "name_parameters[1]: expected \"session\", \"exit\", \"country\" or \"ttl\"")]
    [InlineData("name_parameters: [session, session]", "name_parameters[1]: \"session\" stands in the list twice")]
    [InlineData("name_parameters: [ttl]", "name_parameters: \"ttl\" is how long a session's binding lasts")]
    [InlineData("name_parameters: []", "name_parameters: expected a list of")]
    [InlineData("name_separator: \"+\"", "name_separator: there are no `name_parameters` that it could separate")]
    [InlineData("name_parameters: [session]\nname_separator: \"-\"", "name_separator: expected one visible ASCII character")]
    [InlineData("name_parameters: [session]\nname_separator: \"++\"", "name_separator: expected one visible ASCII character")]
    [InlineData("name_parameters: [session]\nname_separator: \"a\"", "name_separator: expected one visible ASCII character")]
    [InlineData("name_parameters: [session]\nname_separator: \" \"", "name_separator: expected one visible ASCII character")]
    [InlineData("exits: [{ name: a, type: direct, country: deu }]", "exits[0].country: expected a country")]
    public void What_is_wrong_is_said(string text, string error) =>
        Assert.StartsWith(error, Error(ConfigAssert.Inbound + text), StringComparison.Ordinal);

    [Theory]
    [InlineData("users: { \"a+b\": { password: pw } }\ninbounds: [{ name: i, type: socks5, listen: \"127.0.0.1:0\", users: all }]\n")]
    [InlineData("inbounds: [{ name: i, type: socks5, listen: \"127.0.0.1:0\", users: { \"a+b\": { password: pw } } }]\n")]
    public void A_user_with_the_separator_in_the_name_is_an_error_where_names_have_parameters(string text)
    {
        ConfigAssert.Valid(text);
        ConfigAssert.Valid(text + "name_parameters: [session]\nname_separator: \";\"");
        Assert.StartsWith("name_parameters: the user a+b has the separator '+' in the name", Error(text + "name_parameters: [session]"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_holds_for_a_configuration_made_in_code()
    {
        GatewayConfig config = new() { Users = [new UserConfig("a+b", new Secret("pw"))], NameParameters = new([NameParameter.Session]) };
        Assert.StartsWith("name_parameters: the user a+b has the separator", Assert.Single(config.FindProblems()), StringComparison.Ordinal);
        Assert.StartsWith("name_parameters: the separator is '='",
            Assert.Single((config with { NameParameters = new([NameParameter.Session], '=') }).FindProblems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_in_the_name_is_enough_for_a_group_that_binds_sessions()
    {
        const string Group = "exits: [{ name: a, type: direct }]\ngroups: [{ name: g, exits: [a], strategy: sticky, bind: header }]\n";
        Assert.Contains("nothing can say which session a client has", Error(ConfigAssert.Inbound + Group), StringComparison.Ordinal);
        Assert.Contains("nothing can say which session a client has", Error(ConfigAssert.Inbound + Group + "name_parameters: [exit]"),
            StringComparison.Ordinal);
        ConfigAssert.Valid(ConfigAssert.Inbound + Group + "name_parameters: [session]");
    }

    [Fact]
    public void The_country_of_an_exit_is_read_in_any_case_of_letters() =>
        Assert.Equal("NO", Assert.Single(ConfigAssert.Valid(ConfigAssert.Inbound + Users + "exits: [{ name: a, type: direct, country: no }]").Exits).Country);

    private static string Error(string text)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(text));
        return $"{error.Path}: {error.Message}";
    }
}
