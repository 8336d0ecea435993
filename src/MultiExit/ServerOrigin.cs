namespace MultiExit;

/// <summary>Where an object comes from, as its properties say.</summary>
/// <param name="Server">The server as this session names it; for a node of a fleet that it does not reach, a text that is no server's name, so that nothing
/// is done on another one.</param>
/// <param name="Socket">The control socket that the server was reached over.</param>
/// <param name="Node">The node of the fleet; null where one server was asked for its own.</param>
internal readonly record struct ServerOrigin(string Server, string? Socket, string? Node)
{
    private const string Between = " of ";

    /// <summary>A node of a fleet.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="node">The node.</param>
    /// <param name="reached">The server of this session that is the node; null: none is.</param>
    public static ServerOrigin OfNode(string fleet, string node, RunningServer? reached) =>
        reached is null ? new(node + Between + fleet, null, node) : new(reached.Name, reached.Socket, node);

    /// <summary>Whether a name of a server is that of a node which is not reached.</summary>
    public static bool IsElsewhere(string server) => server.Contains(Between, StringComparison.Ordinal);

    /// <summary>A server.</summary>
    public static implicit operator ServerOrigin(RunningServer server) => new(server.Name, server.Socket, null);
}
