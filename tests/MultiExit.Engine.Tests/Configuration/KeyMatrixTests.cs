using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Lightsocks;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The tables of docs/configuration.md that say which type of inbound and exit has which keys.</summary>
public sealed class KeyMatrixTests
{
    private static readonly string Text = File.ReadAllText(ConfigAssert.Sample("configuration.md"));

    private static readonly string LightsocksPassword = $"\"{NextOctet.Password}\"";

    // A valid mapping of each type, with the keys that it needs and no other.
    private static readonly Dictionary<string, Dictionary<string, string>> Inbounds = new()
    {
        ["socks5"] = Inbound("socks5"),
        ["http"] = Inbound("http"),
        ["mixed"] = Inbound("mixed"),
        ["forward"] = Inbound("forward", ("target", "\"a:1\"")),
        ["transparent"] = Inbound("transparent"),
        ["tunnel"] = Inbound("tunnel", ("key", "long enough"), ("tls", "{ self_signed: true }")),
        ["websocket"] = Inbound("websocket"),
        ["ech-tunnel"] = Inbound("ech-tunnel"),
        ["lightsocks"] = Inbound("lightsocks", ("password", LightsocksPassword)),
        ["shadowsocks"] = Inbound("shadowsocks", ("method", "aes-256-gcm"), ("password", "secret")),
    };

    private static readonly Dictionary<string, Dictionary<string, string>> Exits = new()
    {
        ["direct"] = Exit("direct"),
        ["socks5"] = Exit("socks5", ("server", "\"a:1\"")),
        ["http"] = Exit("http", ("server", "\"a:1\"")),
        ["websocket"] = Exit("websocket", ("server", "\"ws://a/\"")),
        ["tunnel"] = Exit("tunnel", ("server", "a"), ("key", "long enough")),
        ["ech-tunnel"] = Exit("ech-tunnel", ("server", "\"wss://a/\"")),
        ["socks4"] = Exit("socks4", ("server", "\"a:1\"")),
        ["lightsocks"] = Exit("lightsocks", ("server", "\"a:1\""), ("password", LightsocksPassword)),
        ["shadowsocks"] = Exit("shadowsocks", ("server", "\"a:1\""), ("method", "aes-256-gcm"), ("password", "secret")),
    };

    [Fact]
    public void Every_type_of_the_loader_has_a_column()
    {
        Assert.Equal(Types("inbounds: [{ name: a, listen: \":1\", type: zzzzzz }]"), Matrix("inbounds").Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Types(ConfigAssert.Inbound + "exits: [{ name: a, type: zzzzzz }]"), Matrix("exits").Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("socks5")]
    [InlineData("http")]
    [InlineData("mixed")]
    [InlineData("forward")]
    [InlineData("transparent")]
    [InlineData("tunnel")]
    [InlineData("websocket")]
    [InlineData("ech-tunnel")]
    [InlineData("lightsocks")]
    [InlineData("shadowsocks")]
    public void An_inbound_has_the_keys_of_its_column(string type) =>
        AssertColumn(Matrix("inbounds")[type], Inbounds[type], map => $"inbounds: [{map}]");

    [Theory]
    [InlineData("direct")]
    [InlineData("socks5")]
    [InlineData("http")]
    [InlineData("websocket")]
    [InlineData("tunnel")]
    [InlineData("ech-tunnel")]
    [InlineData("shadowsocks")]
    [InlineData("socks4")]
    [InlineData("lightsocks")]
    public void An_exit_has_the_keys_of_its_column(string type) =>
        AssertColumn(Matrix("exits")[type], Exits[type], map => $"{ConfigAssert.Inbound}exits: [{map}]");

    /// <summary>The keys that a type has, each with "must" or "may".</summary>
    internal static IReadOnlyDictionary<string, string> Column(string kind, string type) => Matrix(kind)[type];

    private static void AssertColumn(Dictionary<string, string> column, Dictionary<string, string> needed, Func<string, string> document)
    {
        ConfigAssert.Valid(document(Write(needed)));
        Assert.Equal(needed.Keys.Order(StringComparer.Ordinal),
            column.Where(cell => cell.Value == "must").Select(cell => cell.Key).Order(StringComparer.Ordinal));
        // A URL says the type.
        bool hasUrl = needed.TryGetValue("server", out string? server) && server.Contains("://", StringComparison.Ordinal);
        foreach (string key in needed.Keys.Where(key => !(hasUrl && key == "type")))
            ConfigAssert.Errors(document(Write(needed.Where(entry => entry.Key != key))));

        // The loader lists the keys it knows when it meets one it does not. Some of them it knows in order to refuse them by name.
        ConfigError error = Assert.Single(ConfigAssert.Errors(document(Write([.. needed, new("zzzzzz", "1")]))));
        IEnumerable<string> known = error.Message[(error.Message.IndexOf("has the keys ", StringComparison.Ordinal) + 13)..].Split(", ")
            .Where(key => needed.ContainsKey(key) || !IsRefused(document(Write([.. needed, new(key, "1")]))));
        Assert.Equal(known.Order(StringComparer.Ordinal), column.Keys.Order(StringComparer.Ordinal));
    }

    private static bool IsRefused(string document) =>
        ConfigLoader.Parse(document).Errors.Any(error => error.Message.StartsWith("not yet available", StringComparison.Ordinal)
            || error.Message.EndsWith("has no place here", StringComparison.Ordinal));

    // Type to key to "must" or "may".
    private static Dictionary<string, Dictionary<string, string>> Matrix(string kind)
    {
        string section = Text[Text.IndexOf($"### Keys of {kind} by type", StringComparison.Ordinal)..];
        List<string[]> rows = [.. section.Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
        var matrix = new Dictionary<string, Dictionary<string, string>>();
        for (int column = 1; column < rows[0].Length; column++)
        {
            matrix[rows[0][column]] = rows.Skip(2).Where(row => row[column].Length > 0)
                .ToDictionary(row => row[0].Trim('`'), row => row[column], StringComparer.Ordinal);
        }
        Assert.All(matrix.Values.SelectMany(column => column.Values), cell => Assert.Contains(cell, (string[])["must", "may"]));
        return matrix;
    }

    private static IOrderedEnumerable<string> Types(string document) =>
        Regex.Matches(Assert.Single(ConfigAssert.Errors(document)).Message, "\"(?<type>[a-z0-9-]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .Select(match => match.Groups["type"].Value).Where(type => type != "zzzzzz").Order(StringComparer.Ordinal);

    private static string Write(IEnumerable<KeyValuePair<string, string>> map) =>
        $"{{ {string.Join(", ", map.Select(entry => $"{entry.Key}: {entry.Value}"))} }}";

    private static Dictionary<string, string> Inbound(string type, params ReadOnlySpan<(string Key, string Value)> more) =>
        Map([("name", "a"), ("type", type), ("listen", "\"127.0.0.1:1\""), .. more]);

    private static Dictionary<string, string> Exit(string type, params ReadOnlySpan<(string Key, string Value)> more) =>
        Map([("name", "a"), ("type", type), .. more]);

    private static Dictionary<string, string> Map(ReadOnlySpan<(string Key, string Value)> entries)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in entries) map[key] = value;
        return map;
    }
}
