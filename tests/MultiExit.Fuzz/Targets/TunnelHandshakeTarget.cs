using System.Buffers.Binary;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Fuzz.Targets;

/// <summary>The handshake. Outcomes: <see cref="TunnelHandshakeStatus"/>. The bytes are read as they are, and their fields are written
/// with the right MAC and read.</summary>
internal static class TunnelHandshakeTarget
{
    private const int Fields = 28;
    private const long Now = 1_700_000_000;

    public static FuzzTarget Target => new("tunnel-handshake", Run) { MaxLength = 128, Words = [@"\x00\x00\x00\x00\x65\x53\xf1\x00",
        @"\x01\x01\x00\x00", @"\x01\x03\x00\x01"] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Span<byte> client = stackalloc byte[TunnelHandshake.Length], server = stackalloc byte[TunnelHandshake.Length];
        TunnelHandshake.WriteClient(client, TestKeys.Psk, new(TunnelMethod.Aes256Gcm, TunnelFlags.Padding, 1, Now));
        Meter meter = new();
        TunnelHandshakeStatus status = TunnelHandshake.ReadClient(input, TestKeys.Psk, Now, out _);
        TunnelHandshakeStatus answered = TunnelHandshake.ReadServer(input, TestKeys.Psk, client, out _);
        meter.Check(input.Length, 0, 1024);
        Claim.Declared(status);
        Claim.Declared(answered);
        CheckPieces(input, status);
        if (input.Length < Fields) return;
        TunnelHello hello = new((TunnelMethod)input[1], (TunnelFlags)BinaryPrimitives.ReadUInt16BigEndian(input[2..]),
            BinaryPrimitives.ReadUInt128BigEndian(input[4..]), BinaryPrimitives.ReadInt64BigEndian(input[20..]));
        TunnelHandshake.WriteClient(client, TestKeys.Psk, hello);
        status = TunnelHandshake.ReadClient(client, TestKeys.Psk, Now, out TunnelHello read);
        bool known = Enum.IsDefined(hello.Method);
        bool inTime = hello.Timestamp is >= Now - TunnelHandshake.MaxClockSkew and <= Now + TunnelHandshake.MaxClockSkew;
        Claim.Same(!known ? TunnelHandshakeStatus.BadMethod : inTime ? TunnelHandshakeStatus.Ok : TunnelHandshakeStatus.BadTime, status,
            "a hello that was written");
        Claim.Same(hello, read, "a hello");
        TunnelHandshake.WriteServer(server, TestKeys.Psk, client, hello);
        status = TunnelHandshake.ReadServer(server, TestKeys.Psk, client, out read);
        bool flags = (hello.Flags & ~TunnelFlags.Padding) == TunnelFlags.None;
        Claim.Same(!known ? TunnelHandshakeStatus.BadMethod : flags ? TunnelHandshakeStatus.Ok : TunnelHandshakeStatus.BadFlags, status,
            "an answer that was written");
        client[input.Length % TunnelHandshake.Length] ^= 1;
        Claim.That(TunnelHandshake.ReadClient(client, TestKeys.Psk, Now,
            out _) is TunnelHandshakeStatus.BadMac or TunnelHandshakeStatus.BadVersion, "a hello with a flipped bit is taken");
    }

    private static void CheckPieces(ReadOnlySpan<byte> input, TunnelHandshakeStatus whole)
    {
        for (int length = 0; length < input.Length; length++)
        {
            TunnelHandshakeStatus status = TunnelHandshake.ReadClient(input[..length], TestKeys.Psk, Now, out _);
            if (status == TunnelHandshakeStatus.NeedMore) Claim.That(length < TunnelHandshake.Length, "a whole hello needs more");
            else Claim.Same(whole, status, "the outcome of a hello in pieces");
        }
    }
}
