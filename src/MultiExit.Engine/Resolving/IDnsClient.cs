using MultiExit.Engine.Protocols.Dns;

namespace MultiExit.Engine.Resolving;

/// <summary>Asks a resolver. Thread-safe.</summary>
internal interface IDnsClient
{
    /// <summary>Sends one query and waits for the response, for a bounded time. A failure is a result; only cancellation throws.</summary>
    /// <param name="name">A normalized name.</param>
    /// <param name="type">The type that is asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<DnsReply> QueryAsync(string name, DnsType type, CancellationToken cancellationToken);
}
