using System.Buffers.Binary;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

/// <summary>No nonce is used twice.</summary>
public sealed class TunnelNonceTests
{
    private const int Frames = 20_000;
    private const ulong RekeyInterval = 97;

    private static readonly TunnelDirection[] Directions = [TunnelDirection.ClientToServer, TunnelDirection.ServerToClient];

    [Fact]
    public void No_key_and_nonce_come_together_twice()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        byte[] nonce = new byte[TunnelKeys.NonceLength];
        foreach (TunnelDirection direction in Directions)
        {
            using TunnelKeys keys = TestTunnel.Keys(direction);
            for (ulong number = 0; number < Frames; number++)
            {
                if (number != 0 && number % RekeyInterval == 0) keys.Advance();
                keys.WriteNonce(nonce, number);
                Assert.True(seen.Add(Convert.ToHexString(keys.EncryptionKey) + Convert.ToHexString(nonce)));
            }
        }
    }

    // The frames show which nonces are really used: the ciphertext of zeros is the key stream, which key and nonce alone determine.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_key_stream_comes_twice(byte method)
    {
        var seen = new HashSet<UInt128>();
        byte[] zeros = new byte[16];
        byte[] frame = new byte[TunnelWire.MaxFrame];
        foreach (TunnelDirection direction in Directions)
        {
            using var sealer = new TunnelFrameSealer((TunnelMethod)method, TunnelFlags.None, TestTunnel.Keys(direction), RekeyInterval);
            for (int i = 0; i < Frames; i++)
            {
                sealer.Seal(TunnelFrameType.Data, 1, zeros, frame);
                Assert.True(seen.Add(BinaryPrimitives.ReadUInt128BigEndian(frame.AsSpan(TunnelWire.HeaderLength))));
            }
        }
    }

    [Fact]
    public void Numbers_near_the_end_of_32_and_64_bits_give_nonces_of_their_own()
    {
        using TunnelKeys keys = TestTunnel.Keys();
        ulong[] numbers = [0, 1, uint.MaxValue, 1UL << 32, (1UL << 32) + 1, 1UL << 63, ulong.MaxValue];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        byte[] nonce = new byte[TunnelKeys.NonceLength];
        foreach (ulong number in numbers)
        {
            keys.WriteNonce(nonce, number);
            Assert.True(seen.Add(Convert.ToHexString(nonce)));
        }
    }
}
