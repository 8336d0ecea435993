using System.Net;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>Destinations that a user may, or may not, go to.</summary>
/// <param name="Domains">Names: <c>example.com</c> alone, <c>.example.com</c> with everything beneath.</param>
/// <param name="Networks">Addresses, also those that a name resolves to.</param>
public sealed record UserDestinations(IReadOnlyList<string> Domains, IReadOnlyList<IPNetwork> Networks);
