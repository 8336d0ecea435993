using System.Net;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Resolving;

/// <summary>An HTTPS record (RFC 9460) with its configs (RFC 9848).</summary>
/// <param name="Priority">Lower is better.</param>
/// <param name="Target">The name that serves; empty for the owner itself.</param>
/// <param name="Port">The port; null for that of the URL.</param>
/// <param name="Alpn">The protocols.</param>
/// <param name="Ipv4Hints">Addresses of the target.</param>
/// <param name="Ipv6Hints">Addresses of the target.</param>
/// <param name="UnknownMandatory">A mandatory parameter that is not known here: the record is not used. Null when there is none.</param>
public sealed record EchServiceRecord(
    int Priority, string Target, int? Port, IReadOnlyList<string> Alpn, IReadOnlyList<IPAddress> Ipv4Hints, IReadOnlyList<IPAddress> Ipv6Hints,
    int? UnknownMandatory)
{
    /// <summary>Whether the record has the parameter ech.</summary>
    public bool HasEch { get; init; }

    /// <summary>The configs; null when there are none, or none that can be read.</summary>
    public EchConfigList? Configs { get; init; }

    /// <summary>What is wrong with the parameter ech, as a clause; null when it was read or is not there.</summary>
    public string? Fault { get; init; }
}
