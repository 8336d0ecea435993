using System.Text;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

/// <summary>Both ends of one direction, with keys of their own.</summary>
internal static class TestTunnel
{
    public static TunnelPsk Psk(string text = "a key")
    {
        Assert.True(TunnelPsk.TryCreate(Encoding.UTF8.GetBytes(text), out TunnelPsk? psk));
        return psk;
    }

    public static TunnelKeys Keys(TunnelDirection direction = TunnelDirection.ClientToServer)
    {
        using TunnelPsk psk = Psk();
        return new(psk, clientRandom: 1, serverRandom: 2, direction);
    }

    public static TunnelFrameSealer Sealer(
        TunnelMethod method, TunnelFlags flags, ulong rekeyInterval = TunnelWire.RekeyInterval, TunnelRandom? random = null) =>
        new(method, flags, Keys(), rekeyInterval, random);

    public static TunnelFrameOpener Opener(TunnelMethod method, TunnelFlags flags, ulong rekeyInterval = TunnelWire.RekeyInterval) =>
        new(method, flags, Keys(), rekeyInterval);

    public static byte[] Seal(this TunnelFrameSealer sealer, TunnelFrameType type, uint streamId, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[sealer.GetMaxFrameLength(payload.Length)];
        return frame[..sealer.Seal(type, streamId, payload, frame)];
    }

    public static (TunnelOpenStatus Status, byte[] Payload) Open(this TunnelFrameOpener opener, ReadOnlySpan<byte> frame)
    {
        byte[] destination = new byte[TunnelWire.MaxBody];
        TunnelOpenStatus status = opener.Open(frame, destination, out int length);
        return (status, destination[..length]);
    }

    /// <summary>The result of a receiver for these bytes when any number of bytes follow.</summary>
    public static bool IsTaken(this TunnelFrameOpener opener, byte[] frame)
    {
        byte[] stream = [.. frame, .. new byte[TunnelWire.MaxFrame]];
        return opener.TryReadHeader(stream, out _, out int length) == ParseStatus.Ok
            && opener.Open(stream.AsSpan(0, length)).Status == TunnelOpenStatus.Ok;
    }
}
