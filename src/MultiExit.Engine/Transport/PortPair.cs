using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>The two ends between which connections differ only by the local port: so many ports, so many connections.</summary>
/// <param name="Local">The local address.</param>
/// <param name="Remote">The other end.</param>
internal readonly record struct PortPair(IPAddress Local, IPEndPoint Remote);
