using MultiExit.Engine.Server;

namespace MultiExit.Host;

/// <summary><c>multiexit version</c></summary>
internal static class VersionCommand
{
    public static string Version { get; } = typeof(GatewayServer).Assembly.GetName().Version!.ToString(3);

    public static ExitCode Run(string[] args, TextWriter output)
    {
        Options.Parse("version", args, [], []);
        output.WriteLine($"multiexit {Version}");
        return ExitCode.Ok;
    }
}
