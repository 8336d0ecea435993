using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Fleet.Nodes;

/// <summary>What a server says of itself.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Name">The name of the node.</param>
/// <param name="Instance">Tells this server from all others that have ever had the name.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="Labels">The labels of the node.</param>
internal sealed record NodeEntry(string Fleet, string Name, Guid Instance, string Version, IReadOnlyList<string> Labels)
{
    /// <summary>A server that has not been a node before.</summary>
    public static NodeEntry Of(FleetConfig config, string version) => new(config.Name, config.Node, Guid.NewGuid(), version, config.Labels);
}
