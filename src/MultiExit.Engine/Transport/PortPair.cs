using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>The two ends between which connections differ by our port alone: so many ports, so many connections.</summary>
/// <param name="Local">Our address.</param>
/// <param name="Remote">The other end.</param>
internal readonly record struct PortPair(IPAddress Local, IPEndPoint Remote);
