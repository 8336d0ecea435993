using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A fact in network namespaces of its own; where they cannot be made it is named as not run, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(WhyNot);

    /// <param name="tools">Names of <see cref="ExternalTool"/> that it needs as well.</param>
    public NamespaceFactAttribute(params string[] tools) =>
        Skip = Reason.Value ?? tools.Select(ExternalTool.WhyNot).FirstOrDefault(reason => reason is not null);

    internal static string? WhyNotAtAll => Reason.Value;

    private static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux()) return "network namespaces need Linux";
        if (!Environment.IsPrivilegedProcess) return "network namespaces need root";
        foreach (string program in (string[])["ip", "nft"])
            if (!Command.Exists(program)) return $"{program} is not installed";
        string name = $"multiexit-{Environment.ProcessId}-probe";
        (int exitCode, _, string error) = Command.Run("ip", "netns", "add", name);
        if (exitCode != 0) return $"no network namespace can be made: {error.Trim()}";
        Command.Run("ip", "netns", "del", name);
        return null;
    }
}
