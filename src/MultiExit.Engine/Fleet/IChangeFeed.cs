using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet;

/// <summary>Says that other nodes have changed something. It only wakes: what has changed is read from the tables, and is also read without it.</summary>
internal interface IChangeFeed
{
    /// <summary>Listens until the connection is lost or the wait ends.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="listening">Called once it listens: what changed before has to be read.</param>
    /// <param name="changed">Called with the topic of each change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyException">The store does not answer any more.</exception>
    Task ListenAsync(string fleet, Action listening, Action<string> changed, CancellationToken cancellationToken);
}
