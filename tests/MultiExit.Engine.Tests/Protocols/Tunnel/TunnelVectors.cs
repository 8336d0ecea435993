using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

/// <summary>vectors.json: the values that an independent implementation computed.</summary>
internal sealed record TunnelVectors(
    TunnelVectors.Psk[] Psks, TunnelVectors.Handshake[] Handshakes, TunnelVectors.Keys[] Epochs, TunnelVectors.Sequence[] Sequences)
{
    public static readonly TunnelVectors All = Load();

    public TunnelPsk CreatePsk() => TestTunnel.Psk(Psks[0].Text);

    public TunnelKeys CreateKeys(string direction)
    {
        using TunnelPsk psk = CreatePsk();
        return new(psk, Handshakes[0].ClientHello.Random, Handshakes[0].ServerHello.Random,
            direction == "c2s" ? TunnelDirection.ClientToServer : TunnelDirection.ServerToClient);
    }

    private static TunnelVectors Load()
    {
        using Stream stream = typeof(TunnelVectors).Assembly.GetManifestResourceStream("tunnel-vectors.json")!;
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        using JsonDocument document = JsonDocument.Parse(stream);
        JsonElement root = document.RootElement;
        return new(
            root.GetProperty("psks").Deserialize<Psk[]>(options)!,
            root.GetProperty("handshakes").Deserialize<Handshake[]>(options)!,
            root.GetProperty("keys").Deserialize<Keys[]>(options)!,
            root.GetProperty("sequences").Deserialize<Sequence[]>(options)!);
    }

    internal sealed record Psk(string Text, string Master, string HandshakeKey);

    internal sealed record Handshake(
        byte Method, ushort Flags, string ClientRandom, long ClientTime, string ClientMessage,
        string ServerRandom, long ServerTime, string ServerMessage)
    {
        public TunnelHello ClientHello => Hello(ClientRandom, ClientTime);

        public TunnelHello ServerHello => Hello(ServerRandom, ServerTime);

        private TunnelHello Hello(string random, long time) => new(
            (TunnelMethod)Method, (TunnelFlags)Flags, UInt128.Parse(random, NumberStyles.HexNumber), time);
    }

    internal sealed record Keys(string Direction, int Epoch, string Encryption, string Authentication, string IvSeed);

    internal sealed record Frame(
        ulong Number, string Note, byte Type, uint StreamId, string Payload, string? Padding, string? Nonce,
        [property: JsonPropertyName("frame")] string Bytes);

    internal sealed record Sequence(byte Method, ushort Flags, string Direction, ulong RekeyInterval, Frame[] Frames);
}
