using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Native;
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
    };

    // What other lines need a type for.
    private static readonly (string Text, bool IsThere)[] Types =
    [
        ("-L ss://", ConfigSchema.Product.Inbound("shadowsocks") is not null), ("ss-server.json", ConfigSchema.Product.Inbound("shadowsocks") is not null),
        ("socks4a://", ConfigSchema.Product.Exit("socks4") is not null), ("lightsocks.json", false),
    ];

    private readonly TemporaryCertificate _certificate = new();

    public static TheoryData<string> Lines =>
        [.. Line().Matches(Document).Select(match => match.Groups["line"].Value).Where(line => !Types.Any(type => !type.IsThere && line.Contains(type.Text)))];

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public void There_are_lines_for_each_program() => Assert.True(Lines.Count > 25, $"only {Lines.Count} lines were found");

    [Theory, MemberData(nameof(Lines))]
    public void A_line_is_taken_by_the_loader(string line)
    {
        string[] args = [.. Word().Matches(line).Select(match => match.Value.Trim('\''))];
        Assert.Equal("run", args[0]);
        args = [.. args[1..].Select(arg => Files.TryGetValue(arg, out string? sample) ? Path.Combine(Samples, sample) : arg)
            .Select(arg => arg.Replace("cert.pem", _certificate.CertificatePath, StringComparison.Ordinal)
                .Replace("key.pem", _certificate.KeyPath, StringComparison.Ordinal))];
        ConfigResult result = ConfigSource.From(Options.Parse("run", args, ConfigSource.Single, ConfigSource.Many)).Load();
        Assert.Empty(result.Errors);
    }

    [GeneratedRegex(@"\| `multiexit (?<line>run [^`]+)`[^|]*\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"'[^']*'|[^\s']+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
