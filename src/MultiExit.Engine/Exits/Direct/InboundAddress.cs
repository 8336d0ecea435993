using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Exits.Direct;

/// <summary>The address a client came in on, as the source address of its traffic.</summary>
internal static class InboundAddress
{
    /// <summary>The address; null where there is no client (health probes, carriers of a tunnel), for which the system chooses, and where
    /// only the listener's <c>[::]</c> is known.</summary>
    public static IPAddress? Of(DialContext context) =>
        context.Request?.Local.Address is { } address && IsKnown(address) ? address : null;

    /// <summary>Whether it is an address at all, not the listener's <c>0.0.0.0</c> or <c>[::]</c>.</summary>
    public static bool IsKnown(IPAddress address) => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);

    /// <summary>Why it cannot be the source towards a target; null when it can.</summary>
    public static string? WhyNot(IPAddress source, IPAddress target)
    {
        if (source.AddressFamily != target.AddressFamily)
            return $"{target} is of another family than {source}, the address the client came in on; "
                + $"let it come in by {FamilyOf(target)} or leave by another exit";
        if (IPAddress.IsLoopback(source) && !IPAddress.IsLoopback(target))
            return $"the client came in on {source}, from which {target} cannot be reached; let it come in on another address or leave by another exit";
        return source.IsIPv6LinkLocal && !target.IsIPv6LinkLocal
            ? $"the client came in on {source}, which answers to its own link only; let it come in on another address or leave by another exit"
            : null;
    }

    private static string FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
