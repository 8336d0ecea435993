using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>The outcome of a look-up.</summary>
/// <param name="Addresses">The addresses in the resolver's order; empty when the name does not resolve.</param>
/// <param name="Failure">Why it does not resolve, for logs; null on success.</param>
internal readonly record struct NameResult(IReadOnlyList<IPAddress> Addresses, string? Failure)
{
    public bool Succeeded => Addresses.Count > 0;

    public static NameResult Success(IReadOnlyList<IPAddress> addresses) => new(addresses, null);

    public static NameResult Failed(string failure) => new([], failure);
}
