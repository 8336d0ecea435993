using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>The peer has reset a stream.</summary>
[SuppressMessage("Design", "CA1032", Justification = "A code is always known.")]
internal sealed class TunnelResetException(TunnelResetCode code) : IOException($"the peer reset the stream ({code})")
{
    public TunnelResetCode Code { get; } = code;
}
