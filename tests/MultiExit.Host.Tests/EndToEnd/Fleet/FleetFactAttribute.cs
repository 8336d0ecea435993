using MultiExit.Host.Tests.EndToEnd.Namespaces;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>A fact with three nodes in network namespaces and a real PostgreSQL; where they cannot be had it is named as not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FleetFactAttribute : FactAttribute
{
    public FleetFactAttribute() => Skip = NamespaceFactAttribute.WhyNotAtAll ?? FleetDatabase.WhyNot;
}
