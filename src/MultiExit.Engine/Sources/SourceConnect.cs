using System.Net;

namespace MultiExit.Engine.Sources;

/// <summary>Connects to the server of a URL: straight from this host, or through an exit.</summary>
/// <param name="via">The exit; null: straight.</param>
/// <param name="server">The server.</param>
/// <param name="cancellationToken">Ends the attempt.</param>
internal delegate ValueTask<Stream> SourceConnect(string? via, DnsEndPoint server, CancellationToken cancellationToken);
