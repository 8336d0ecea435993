using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>The peer's answer to CONNECT.</summary>
/// <param name="Reply">The outcome.</param>
/// <param name="Bound">The address the target sees; 0.0.0.0:0 when it is not known.</param>
internal readonly record struct TunnelAnswer(Socks5Reply Reply, Destination Bound);
