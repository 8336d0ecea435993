using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests;

/// <summary>The arrows of the architecture: what may depend on what.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Root = typeof(ArchitectureTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Theory]
    [InlineData("MultiExit.Engine",
        "Blake3 BouncyCastle.Cryptography MaxMind.Db Microsoft.Data.Sqlite Npgsql QRCoder Serilog Serilog.Sinks.Async Serilog.Sinks.Console YamlDotNet")]
    [InlineData("MultiExit", "MultiExit.Engine PowerShellStandard.Library")]
    [InlineData("MultiExit.Host",
        "Microsoft.Win32.SystemEvents MultiExit.Engine OpenTelemetry OpenTelemetry.Exporter.OpenTelemetryProtocol System.Drawing.Common")]
    [InlineData("MultiExit.Loader", "PowerShellStandard.Library")]
    [InlineData("MultiExit.Feedback", "System.Management.Automation")]
    public void Projects_refer_to_their_listed_dependencies_alone(string project, string allowed)
    {
        XDocument file = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj"));
        IEnumerable<string> packages = file.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);
        IEnumerable<string> projects = file.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Empty(packages.Concat(projects).Except(allowed.Split(' ')));
    }

    [Fact]
    public void Codecs_know_nothing_of_the_engine_but_each_other()
    {
        HashSet<string> others = [.. typeof(GatewayServer).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("MultiExit.Engine", StringComparison.Ordinal) == true
                && !type.Namespace.StartsWith("MultiExit.Engine.Protocols", StringComparison.Ordinal) && !type.IsNested)
            .Select(type => type.Name.Split('`')[0])];
        string folder = Path.Combine(Root, "src", "MultiExit.Engine", "Protocols");
        IEnumerable<string> faults =
            from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            from Match word in Word().Matches(Comment().Replace(File.ReadAllText(path), ""))
            where others.Contains(word.Value)
            select $"{Path.GetRelativePath(Root, path)} names {word.Value}";
        Assert.Empty(faults.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_asks_an_exit_for_its_type()
    {
        string exits = string.Join('|', typeof(IExit).Assembly.GetTypes()
            .Where(type => type is { IsClass: true } && typeof(IExit).IsAssignableFrom(type)).Select(type => type.Name));
        Assert.Contains("DirectExit|", exits + "|", StringComparison.Ordinal);
        // What differs between exits is a member of IExit, so that an exit that is added cannot be forgotten somewhere.
        Regex test = new($@"\b(is|as)( not)? ([\w.]+\.)?({exits})\b|\bExit: ({exits})\b|^\s*({exits})( \w+)? =>|OfType<({exits})>",
            RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        string folder = Path.Combine(Root, "src", "MultiExit.Engine");
        IEnumerable<string> faults =
            from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            let relative = Path.GetRelativePath(folder, path).Replace('\\', '/')
            where !relative.StartsWith("obj/", StringComparison.Ordinal) && !relative.StartsWith("bin/", StringComparison.Ordinal)
            from Match match in test.Matches(Comment().Replace(File.ReadAllText(path), ""))
            select $"{relative}: {match.Value.Trim()}";
        Assert.Empty(faults);
    }

    [Fact]
    public void Only_the_transport_names_sockets()
    {
        string folder = Path.Combine(Root, "src", "MultiExit.Engine");
        IEnumerable<string> faults =
            from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            let relative = Path.GetRelativePath(folder, path).Replace('\\', '/')
            where !relative.StartsWith("Transport/", StringComparison.Ordinal) && !relative.StartsWith("obj/", StringComparison.Ordinal)
                && !relative.StartsWith("bin/", StringComparison.Ordinal)
            from Match word in Word().Matches(Comment().Replace(File.ReadAllText(path), ""))
            where word.Value is "Socket" or "NetworkStream" or "TcpClient" or "TcpListener" or "UdpClient"
            let fault = $"{relative} names {word.Value}"
            where !OwnSocket().IsMatch(fault) // InboundConnection.Socket is our own SocketStream
            select fault;
        Assert.Empty(faults.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_message_has_an_id_of_its_own_and_is_documented()
    {
        string folder = Path.Combine(Root, "src", "MultiExit.Engine", "Diagnostics");
        string log = string.Concat(Directory.GetFiles(folder, "EngineLog*.cs").Append(Path.Combine(folder, "Warnings.cs")).Select(File.ReadAllText));
        string[] ids = [.. MessageId().Matches(log).Select(match => match.Groups["id"].Value)];
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(StringComparer.Ordinal), ids);
        string docs = File.ReadAllText(Path.Combine(Root, "docs", "operations.md"));
        Assert.All(ids, id => Assert.Contains($"| {id} |", docs, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"""(?<id>MX\d{4}) ", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex MessageId();

    [GeneratedRegex(@"\b[A-Z]\w+\b", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Word();

    [GeneratedRegex(@"//[^\n]*|""(?:[^""\\\n]|\\.)*""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(DataPath|Dispatching|Inbounds|Listening)/.* names Socket$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex OwnSocket();
}
