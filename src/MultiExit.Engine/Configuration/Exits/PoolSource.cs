using System.Net;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>A part of a pool of addresses: a network (a single address is one), or the interface whose addresses it has.</summary>
/// <param name="Network">The network; null for an interface.</param>
/// <param name="Interface">The interface; null for a network.</param>
public sealed record PoolSource(IPNetwork? Network, string? Interface = null)
{
    /// <summary>As it is written.</summary>
    public override string ToString() => Interface ?? $"{Network}";
}
