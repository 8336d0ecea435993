using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Control;

/// <summary>Makes of an accepted connection the one that requests come over.</summary>
/// <param name="accepted">The connection.</param>
/// <param name="cancellationToken">Ends the handshake.</param>
/// <returns>The same, or TLS on it.</returns>
internal delegate ValueTask<DuplexStream> OpenConnection(DuplexStream accepted, CancellationToken cancellationToken);
