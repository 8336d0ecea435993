using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>A race without a winner: all carriers ended before one was acknowledged, or the winner is going away. The server was not
/// asked for a target.</summary>
[SuppressMessage("Design", "CA1032", Justification = "There always is a reason.")]
internal sealed class EchTunnelClaimLostException(Exception reason) : IOException(reason.Message, reason);
