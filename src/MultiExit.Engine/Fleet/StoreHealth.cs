namespace MultiExit.Engine.Fleet;

/// <summary>A store as a node meets it.</summary>
/// <param name="Version">The version of its tables; 0: it has none.</param>
/// <param name="Role">The role of the node.</param>
/// <param name="Now">Its clock.</param>
/// <param name="Missing">The statements that would give the role what it lacks.</param>
internal sealed record StoreHealth(int Version, string Role, DateTimeOffset Now, IReadOnlyList<string> Missing);
