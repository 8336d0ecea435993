using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Fuzz.Targets;

/// <summary>Keys of a tunnel that are always the same.</summary>
internal static class TestKeys
{
    public static TunnelPsk Psk { get; } = TunnelPsk.TryCreate("a key"u8, out TunnelPsk? psk) ? psk : throw new InvalidOperationException();

    public static TunnelKeys Of(TunnelDirection direction) => new(Psk, clientRandom: 1, serverRandom: 2, direction);
}
