using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Multiplexing;

/// <summary>All carriers of a race have ended before one was acknowledged; the server has not been asked for anything.</summary>
[SuppressMessage("Design", "CA1032", Justification = "There always is a reason.")]
internal sealed class EchTunnelClaimLostException(Exception reason) : IOException(reason.Message, reason);
