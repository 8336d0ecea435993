namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A fact in network namespaces of its own whose kernel has a way to hand over packets of others; where it has not, the fact is named as not run,
/// with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RedirectFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Redirect = new(() => WhyNot("nat", "tcp dport 1 redirect to :1"));
    private static readonly Lazy<string?> Tproxy = new(() => WhyNot("filter", "meta l4proto tcp tproxy to :1"));

    /// <param name="mode">The mode of the inbound: redirect or tproxy.</param>
    public RedirectFactAttribute(string mode) => Skip = NamespaceFactAttribute.WhyNotAtAll ?? (mode == "tproxy" ? Tproxy : Redirect).Value;

    private static string? WhyNot(string type, string rule)
    {
        using NamespaceHost space = new($"multiexit-{Environment.ProcessId}-probe-{type}");
        (int exitCode, _, string error) = Command.Run("ip", "netns", "exec", space.Name, "nft",
            $"table inet probe {{ chain c {{ type {type} hook prerouting priority -100; fib daddr type local return; {rule}; }}; }}");
        return exitCode == 0 ? null : $"the kernel or nft has no `{rule}`: {error.Trim().Split('\n')[0]}";
    }
}
