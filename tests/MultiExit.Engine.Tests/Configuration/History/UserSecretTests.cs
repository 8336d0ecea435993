using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;

namespace MultiExit.Engine.Tests.Configuration.History;

public sealed class UserSecretTests
{
    private const string Inbound = "\ninbounds: [{ name: a, type: http, listen: \":80\" }]";

    [Theory]
    [InlineData("users: { a: { password: Zq7 } }", "users: { a: { tokens: { ci: Zq7 }, keys: { k: Zq7-longer } } }")]
    [InlineData("users: { a: { tokens: { ci: Zq7 } } }", "users: { a: { tokens: { ci: Zq8 } } }")]
    [InlineData("users: { a: { tokens: { ci: Zq7 } } }", "users: { b: { keys: { k: Zq8-longer } } }")]
    [InlineData("name: x", "users: { b: { psks: { phone: \"Zq7AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\" } } }")]
    [InlineData("name: x", "auth: { ldap: { url: \"ldap://a\", base: b, bind_dn: c, bind_password: Zq7 } }")]
    [InlineData("name: x", "auth: { http: { url: \"http://a/?key=Zq7\", token: Zq8 } }")]
    [InlineData("name: x", "auth: { http: { url: \"http://a/Zq7/b\" } }")]
    [InlineData("notify: [{ url: \"http://a/Zq8\" }]", "notify: [{ url: \"http://u:Zq7@a/Zq7/b\" }]")]
    [InlineData("users: { a: { psks: { d: Zq8yMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= } } }",
        "users: { a: { psks: { d: Zq7yMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= } } }")]
    [InlineData("name: x", "users: { b: { keys: { k: Zq8-longer } } }")]
    public void The_keys_and_tokens_of_a_user_are_in_no_difference(string before, string after)
    {
        string told = string.Join('\n', ConfigComparison.Between(ConfigLoader.Parse(before + Inbound), ConfigLoader.Parse(after + Inbound)))
            + string.Join('\n', ConfigComparison.Describe(ConfigLoader.Parse(after + Inbound)));
        Assert.Contains("***", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Zq", told, StringComparison.Ordinal);
    }
}
