using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>However a document is damaged, no error holds a piece of a secret.</summary>
public sealed class SecrecyTests
{
    private const string Secret = "Zq7";

    private static readonly string[] Documents =
    [
        "inbounds:\n  - { name: a, type: mixed, listen: \":80\", users: { u: { password: Zq7Zq7Zq7 } } }\n" +
        "exits:\n  - { name: e, type: socks5, server: \"h:1\", username: u, password: 'Zq7Zq7Zq7' }\n" +
        "  - { name: f, type: http, server: \"https://u:Zq7Zq7Zq7@h:1\" }\n  - name: g\n    type: tunnel\n    key: Zq7Zq7Zq7\n",
        "{\"listen_addr\": \":1\", \"protocol\": \"socks5\", \"auth_users\": {\"u\": \"Zq7Zq7Zq7\"}, \"enable_upstream\": true,\n" +
        "\"upstream_config\": [{\"type\": \"socks5\", \"proxy_address\": \"h:1\", \"proxy_username\": \"u\", \"proxy_password\": \"Zq7Zq7Zq7\"}]}",
        "server:\n  listen: \":443\"\nauth:\n  method: psk\n  key: Zq7Zq7Zq7\n",
        "{\"server\": {\"address\": \"h:1\"}, \"auth\": {\"key\": \"Zq7Zq7Zq7\"}, \"local\": {\"socks5\": \":1\"}}",
    ];

    // The characters that a slip of the hand inserts or leaves out. No letters: they would make a secret into a key or a path.
    private static readonly string[] Slips = ["", "\"", "'", "[", "]", "{", "}", "&", "*", "!", "%", "@", "`", "\t", "\n", "|", ">", ",", "?", "#", "\0", "\\"];

    [Fact]
    public void No_error_holds_a_secret()
    {
        foreach (string document in Documents)
        {
            for (int i = 0; i < document.Length; i++)
            {
                for (int k = 0; k < 4; k++)
                {
                    // Each position gets four of the slips, and neighbours get others.
                    string slip = Slips[(i * 5 + k * 6) % Slips.Length];
                    foreach (ConfigError error in ConfigLoader.Parse(document[..i] + slip + document[(i + 1)..]).Errors)
                        Assert.False(error.Message.Contains(Secret, StringComparison.Ordinal), $"at {i} with {slip}: {error}");
                }
            }
        }
    }

    [Theory]
    [InlineData("socks5://u:Zq7@h")]
    [InlineData("socks5://u:Zq7@h:1:2")]
    [InlineData("socks5://u:Z@q7@:")]
    [InlineData("socks5://u:Zq7@h:1/path")]
    [InlineData("socks5://u:Zq7@h:1?x=y")]
    [InlineData("socks5://u:Zq7#@h:1")]
    [InlineData("socks5://u:Zq7?@h:1")]
    [InlineData("socks5://u:Zq7/@h:1")]
    [InlineData("socks5://u:Zq7%@h:1")]
    [InlineData("socks5://u:Zq7 @h:1")]
    [InlineData("u:Zq7@h:1")]
    [InlineData("wss://u:Zq7@h:1")]
    [InlineData("h:1:u:Zq7")]
    [InlineData("tcp://u:Zq7@h:1/x:1")]
    [InlineData("tcp://127.0.0.1:1/u:Zq7")]
    [InlineData("nonsense://u:Zq7@h:1")]
    [InlineData("tunnel://u:Zq7@h:1")]
    [InlineData("tunnel://h:1?psk=Zq7")]
    [InlineData("tunnel://h:1?psk=a@Zq7&x=y")]
    [InlineData("tunnel://h:1#Zq7")]
    [InlineData("socks5://u:Zq7")]
    [InlineData("socks5://u:Zq7:h:1")]
    [InlineData("tunnel://h:1?key=Zq7")]
    [InlineData("tunnel://h:1?pks=Zq7")]
    [InlineData("tunnel://h:1/?psk=Zq7&psk-file=x")]
    public void No_error_holds_a_secret_of_a_URL(string url)
    {
        List<ConfigError> errors = [.. ConfigLoader.FromUrls([url], null).Errors, .. ConfigLoader.FromUrls([], url).Errors];
        errors.AddRange(ConfigLoader.Parse($"{ConfigAssert.Inbound}exits: [{{ name: e, type: socks5, server: \"{url}\" }}]").Errors);
        errors.AddRange(ConfigLoader.Parse($"{ConfigAssert.Inbound}exits: [{{ name: e, type: tunnel, server: \"{url}\" }}]").Errors);
        errors.AddRange(ConfigLoader.Parse($"{{\"listen_addr\": \"{url}\", \"protocol\": \"socks5\"}}").Errors);
        errors.AddRange(ConfigLoader.Parse($"{{\"server_addr\": \"{url}\", \"protocol\": \"socks5\"}}").Errors);
        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080")]
    [InlineData("wss://[2001:db8::1]:443/tunnel", "wss://[2001:db8::1]:443/tunnel")]
    [InlineData("tcp://127.0.0.1:8080/example.com:80", "tcp://127.0.0.1:8080/example.com:80")]
    [InlineData("mixed://:1080", "mixed://:1080")]
    [InlineData("direct", "direct")]
    [InlineData("127.0.0.1:1080", "127.0.0.1:1080")]
    [InlineData("socks5://u:Zq7@h:1", "socks5://***@h:1")]
    [InlineData("socks5://u:Z@q7@h:1/path", "socks5://***@h:1/path")]
    [InlineData("wss://h:1/path?token=Zq7", "wss://h:1/path?***")]
    [InlineData("tunnel://h?psk=a@Zq7", "tunnel://***")]
    [InlineData("socks5://u:Zq7?x@h:1", "socks5://***")]
    [InlineData("h:1:u:Zq7", "h:***")]
    [InlineData("u:Zq7", "u:***")]
    [InlineData("Zq7://h", "Zq7://h")]
    [InlineData("u:Zq7@socks5://h", "***")]
    public void A_url_is_shown_without_what_may_be_secret(string url, string shown) => Assert.Equal(shown, ShownUrl.Of(url));

    [Theory]
    [InlineData("u:Z/q7@h:1", "***@h:1")]
    [InlineData("u:Z@q/7@h:1", "***@h:1")]
    [InlineData("c:/q7@h:1", "***@h:1")]
    public void Text_with_a_login_is_shown_without_it(string text, string shown) => Assert.Equal(shown, ShownUrl.IfUrl(text));

    [Theory]
    [InlineData("edge-1")]
    [InlineData("a:b")]
    [InlineData("/etc/a:b@c/edge.yaml")]
    [InlineData("C:\\users\\a@b\\edge.yaml")]
    [InlineData("alice@example")]
    public void Other_text_is_shown_as_it_is(string text) => Assert.Equal(text, ShownUrl.IfUrl(text));
}
