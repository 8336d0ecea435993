using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.BackEnds;

/// <summary>Connects to the server of a back-end, straight from this host.</summary>
/// <param name="server">The server.</param>
/// <param name="cancellationToken">Ends the attempt.</param>
internal delegate ValueTask<DuplexStream> BackEndConnect(DnsEndPoint server, CancellationToken cancellationToken);
