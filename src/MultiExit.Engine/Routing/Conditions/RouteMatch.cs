using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary>A request as conditions see it.</summary>
/// <param name="Request">The request.</param>
/// <param name="Unknown">What is not known of it.</param>
internal readonly record struct RouteMatch(RequestInfo Request, Unknowns Unknown = Unknowns.None)
{
    /// <summary>The addresses of the destination's name; null where they are not known, or there are none.</summary>
    public IReadOnlyList<IPAddress>? Addresses { get; init; }

    /// <summary>Why the destination's name has no address; null where it has, or was not looked up.</summary>
    public string? NoAddresses { get; init; }

    /// <summary>Where the request goes.</summary>
    public Destination Destination => Request.Destination;

    /// <summary>Whether a part of the request is not known.</summary>
    public bool Lacks(Unknowns part) => (Unknown & part) != Unknowns.None;
}
