using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

/// <summary>What docs/migrating.md says to type is what the program takes.</summary>
public sealed partial class MigratingTests : IDisposable
{
    private static readonly string Document = File.ReadAllText(Path.Combine(HostProcess.RepositoryRoot, "docs", "migrating.md"));

    private static readonly string Samples =
        Path.Combine(HostProcess.RepositoryRoot, "tests", "MultiExit.Engine.Tests", "Configuration", "Samples");

    // Files that lines name, and what stands in for them.
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["gost.yml"] = "gost-3.yaml", ["ss-local.json"] = "ss-local.json", ["ss-server.json"] = "ss-server.json",
        ["lightsocks.json"] = "lightsocks.json",
    };

    private static readonly string LightsocksPassword =
        Convert.ToBase64String([.. Enumerable.Range(0, 256).Select(value => (byte)(value + 7))]).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private readonly TemporaryCertificate _certificate = new();
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Lines => [.. Line().Matches(Document).Select(match => match.Groups["line"].Value)];

    public static TheoryData<string> Blocks => [.. Block().Matches(Document).Select(match => match.Groups["text"].Value)];

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("gost", 18)]
    [InlineData("Shadowsocks", 6)]
    [InlineData("3proxy", 8)]
    [InlineData("Dante", 3)]
    [InlineData("lightsocks", 3)]
    public void There_are_lines_for_each_program(string program, int least)
    {
        string chapter = Document.Split("\n## ").Single(text => text.StartsWith($"{program}\n", StringComparison.Ordinal));
        int count = Line().Count(chapter);
        Assert.True(count >= least, $"only {count} lines were found");
        // Each row says what to type.
        Assert.Equal(chapter.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)), count);
    }

    [Theory, MemberData(nameof(Blocks))]
    public void A_document_is_taken_by_the_loader(string text)
    {
        if (!text.Contains("inbounds:", StringComparison.Ordinal)) text = "inbounds: [{ name: in, type: socks5, listen: \"127.0.0.1:1080\" }]\n" + text;
        Assert.Empty(ConfigLoader.Parse(text).Errors);
    }

    [Theory, MemberData(nameof(Lines))]
    public void A_line_is_taken_by_the_loader(string line)
    {
        string[] args = [.. Word().Matches(line).Select(match => match.Value.Trim('\''))];
        Assert.Equal("run", args[0]);
        // The document of the chapter on gost.
        string gateway = Path.Combine(_folder.Path, "gateway.yaml");
        File.WriteAllText(gateway, Blocks.Select(row => row.Data).Single(text => text.Contains("type: transparent", StringComparison.Ordinal)));
        args = [.. args[1..].Select(arg => Files.TryGetValue(arg, out string? sample) ? Path.Combine(Samples, sample) : arg)
            .Select(arg => arg == "gateway.yaml" ? gateway : arg.Replace("PASSWORD", LightsocksPassword, StringComparison.Ordinal))
            .Select(arg => arg.Replace("cert.pem", _certificate.CertificatePath, StringComparison.Ordinal)
                .Replace("key.pem", _certificate.KeyPath, StringComparison.Ordinal))];
        ConfigResult result = ConfigSource.From(Options.Parse("run", args, ConfigSource.Single, ConfigSource.Many)).Load();
        Assert.Empty(result.Errors);
    }

    [GeneratedRegex(@"\| `multiexit (?<line>run [^`]+)`[^|]*\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"```yaml\n(?<text>[^`]+)```", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"'[^']*'|[^\s']+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
