using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>A race came to nothing: all carriers ended before one was acknowledged, or the winner is going away. The server has not been
/// asked for anything.</summary>
[SuppressMessage("Design", "CA1032", Justification = "There always is a reason.")]
internal sealed class EchTunnelClaimLostException(Exception reason) : IOException(reason.Message, reason);
