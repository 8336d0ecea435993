using System.Text;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Documents that are not YAML, or more YAML than a configuration may have.</summary>
public sealed class SyntaxErrorTests
{
    [Theory]
    [InlineData("a: [1, 2\nb: 3", 1, "not valid YAML or JSON")]
    [InlineData("a: \"open", 1, "not valid YAML or JSON")]
    [InlineData("{ \"a\": 1", 1, "not valid YAML or JSON")]
    [InlineData("a: b: c", 1, "not valid YAML or JSON")]
    [InlineData("a:\n\t- b", 1, "not valid YAML or JSON")]
    [InlineData("a: @x", 1, "not valid YAML or JSON")]
    [InlineData("a: \"\\q\"", 1, "not valid YAML or JSON")]
    [InlineData("a: \"\\ud800\"", 1, "not valid YAML or JSON")]
    [InlineData("a: &x 1", 1, "anchors (&name) are not supported")]
    [InlineData("a: 1\nb: *x", 2, "aliases (*name) are not supported")]
    [InlineData("*x : 1", 1, "aliases (*name) are not supported")]
    [InlineData("a: !!binary aGk=", 1, "tags (!name) are not supported")]
    [InlineData("a: !secret hunter2", 1, "tags (!name) are not supported")]
    [InlineData("a: 1\n---\nb: 2", 2, "a second document starts here")]
    [InlineData("? [a]\n: 1", 1, "a key must be plain text")]
    [InlineData("? a\n: :", 2, "not valid YAML or JSON")]
    [InlineData("a: 1\nb: \u0001", 2, "a control character (U+0001)")]
    [InlineData("a: 1\n\0b: 2", 2, "a control character (U+0000)")]
    public void A_syntax_error_is_reported_with_its_line(string text, int line, string message)
    {
        ConfigError error = ConfigAssert.Errors(text, "x.yaml")[0];
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(line, error.Line);
        Assert.True(error.Column > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n# nothing\n")]
    [InlineData("---\n")]
    [InlineData("~")]
    public void An_empty_document_says_what_is_expected(string text)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(text, "x.yaml"));
        Assert.Equal(
            "the document is empty; expected a mapping with at least `inbounds: [{ name: proxy, type: mixed, listen: \"127.0.0.1:1080\" }]`",
            error.Message);
        Assert.Equal((1, 1), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("[1, 2]", "found a list; expected a mapping")]
    [InlineData("socks5", "found a single value; expected a mapping")]
    public void A_document_that_is_no_mapping_says_what_is_expected(string text, string message) =>
        Assert.StartsWith(message, Assert.Single(ConfigAssert.Errors(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Deep_nesting_is_refused_early(char open, char close)
    {
        string text = "a: " + new string(open, 1_000_000) + new string(close, 1_000_000);
        Assert.NotEmpty(ConfigAssert.Errors(text)[0].Message);
    }

    [Fact]
    public void Deep_block_nesting_is_refused()
    {
        StringBuilder text = new();
        for (int i = 0; i < 1000; i++) text.Append(' ', i).Append("a:\n");
        Assert.Equal("nested more than 32 levels deep", ConfigAssert.Errors(text.ToString())[0].Message);
    }

    [Fact]
    public void A_long_document_is_refused() =>
        Assert.StartsWith("larger than 4 MiB", ConfigAssert.Errors(new string('#', (4 << 20) + 1))[0].Message, StringComparison.Ordinal);

    [Fact]
    public void The_number_of_errors_is_bounded()
    {
        StringBuilder text = new(ConfigAssert.Inbound);
        for (int i = 0; i < 5000; i++) text.Append('k').Append(i).Append(": 1\n");
        Assert.Equal(200, ConfigAssert.Errors(text.ToString()).Count);
    }

    [Fact]
    public void Json_with_tabs_is_read() => ConfigAssert.Valid(
        "{\r\n\t\"inbounds\":\t[\r\n\t\t{\"name\":\"a\",\"type\":\"http\",\"listen\":\"127.0.0.1:80\"}\r\n\t]\r\n}\r\n");

    [Fact]
    public void Json_escapes_are_read() => Assert.Equal("a/b\u00e9\U0001F600", Assert.IsType<HttpInboundConfig>(ConfigAssert.Valid(
        """{"inbounds":[{"name":"a","type":"http","listen":":80","users":{"a\/b\u00e9\ud83d\ude00":{"password":"p"}}}]}""").Inbounds[0]).Users[0].Name);
}
