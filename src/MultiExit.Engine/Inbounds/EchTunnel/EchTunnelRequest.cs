using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.EchTunnel;

/// <summary>A TCP session that a client of the plain format opened.</summary>
internal sealed class EchTunnelRequest(EchTunnelStream stream, ReadOnlyMemory<byte> firstFrame) : InboundRequest
{
    public override DuplexStream Connection { get; } = firstFrame.IsEmpty ? stream : new PrefixedStream(firstFrame, stream);

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken)
    {
        // CONNECTED also means that the first frame was written.
        if (Connection is not PrefixedStream { Prefix.IsEmpty: false }) return stream.AnswerAsync();
        stream.Accept();
        return default;
    }

    public override void HeldBackBy(IReaderHold hold) => stream.Hold = hold;

    /// <summary>The format has one answer for every failure.</summary>
    public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        stream.Refuse();
        return default;
    }
}
