namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A theory for each firewall program in network namespaces of its own; where they cannot be made, or one is missing, it is
/// named as not run, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceTheoryAttribute : TheoryAttribute
{
    public NamespaceTheoryAttribute() =>
        Skip = NamespaceFactAttribute.WhyNotAtAll ?? (Command.Exists("iptables") && Command.Exists("ip6tables") ? null : "iptables is not installed");
}
