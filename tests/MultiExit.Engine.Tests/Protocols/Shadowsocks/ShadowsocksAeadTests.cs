using System.Text;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using static MultiExit.Engine.Tests.Protocols.Shadowsocks.ShadowsocksVectors;

namespace MultiExit.Engine.Tests.Protocols.Shadowsocks;

/// <summary>SIP004 and SIP007.</summary>
public sealed class ShadowsocksAeadTests
{
    [Theory]
    [InlineData(16, "b3adc47839e047eb228870526dc8fc30")]
    [InlineData(32, "b3adc47839e047eb228870526dc8fc30b347287ffca3045dcea06b3fdf090acb")]
    public void The_key_of_a_password_is_that_of_EVP_BytesToKey(int length, string key) =>
        Assert.Equal(Bytes(key), ShadowsocksKeys.FromPassword("barfoo!"u8, length));

    [Theory]
    [InlineData("aes-128-gcm", "9cd21fb890a57fbe98653cbadd4d047c")]
    [InlineData("aes-256-gcm", "6e62f41174d7879ffea269ebf7805b730f62002e2b461f4dcb2a21dfb6f6423e")]
    [InlineData("chacha20-ietf-poly1305", "6e62f41174d7879ffea269ebf7805b730f62002e2b461f4dcb2a21dfb6f6423e")]
    public void The_key_of_a_session_is_that_of_HKDF_with_SHA1(string name, string subkey)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        byte[] found = new byte[method.KeyLength()];
        ShadowsocksKeys.DeriveSession(method, PasswordKey(method), Count(found.Length), found);
        Assert.Equal(Bytes(subkey), found);
    }

    [Theory]
    [InlineData("aes-128-gcm", "6f534c11790bd24c8ee311a20dceab7537f581bf5309bf631558ab6121bdd77bf3134e4f5ca48c3076")]
    [InlineData("aes-256-gcm", "fe30642f891219579abfa3a9168624b5b3c9dfefa0636de7a3949e3fd39cc32545f0392fce46f7f09a")]
    [InlineData("chacha20-ietf-poly1305", "a028e26a37d380da864869a42f60c5541cb14fcd028d549f3b271042277ea2360bb079e5535094f3d9")]
    public void A_chunk_is_its_length_and_its_payload_with_a_tag_each(string name, string octets)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        byte[] payload = Bytes("017f0000010050");
        byte[] chunk = new byte[payload.Length + ShadowsocksChunk.Overhead];
        using ShadowsocksCipher sealing = Cipher(method, PasswordKey(method), Count(method.KeyLength()));
        Assert.Equal(chunk.Length, ShadowsocksChunk.Seal(sealing, payload, chunk));
        Assert.Equal(Bytes(octets), chunk);
        using ShadowsocksCipher opening = Cipher(method, PasswordKey(method), Count(method.KeyLength()));
        Assert.Equal(payload.Length, ShadowsocksChunk.OpenLength(opening, method, chunk));
        byte[] opened = new byte[payload.Length];
        Assert.True(opening.TryOpen(chunk.AsSpan(ShadowsocksChunk.LengthLength), opened));
        Assert.Equal(payload, opened);
    }

    [Theory]
    [InlineData("aes-128-gcm", "6e2b86ba7c2cdd0b5c931f9990191ecd551158d2f4d1db70d490b36c")]
    [InlineData("aes-256-gcm", "ff48a2be395ae4d54a379c4a302ccf765bdad8cf6940dad8783c21da")]
    [InlineData("chacha20-ietf-poly1305", "a150a4fd5b8ff790753fac1a1a720eef90e94c8ad17bd0778ee6257e")]
    public void A_datagram_is_its_salt_and_the_sealed_address_and_payload(string name, string octets)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        byte[] key = PasswordKey(method);
        byte[] expected = [.. Count(key.Length), .. Bytes(octets)];
        byte[] packet = new byte[5 + ShadowsocksPacket.MaxOverhead];
        int length = ShadowsocksPacket.Seal(method, key, Count(key.Length), Address, "hello"u8, packet);
        Assert.Equal(expected, packet[..length]);
        byte[] room = new byte[length];
        Assert.True(ShadowsocksPacket.TryOpen(method, key, expected, room, out Destination? address, out ReadOnlySpan<byte> payload));
        Assert.Equal((Address, "hello"), (address, Encoding.ASCII.GetString(payload)));
        for (int i = 0; i < expected.Length; i++)
        {
            byte[] spoilt = [.. expected];
            spoilt[i] ^= 1;
            Assert.False(ShadowsocksPacket.TryOpen(method, key, spoilt, room, out _, out _));
            Assert.False(ShadowsocksPacket.TryOpen(method, key, expected.AsSpan(0, i), room, out _, out _));
        }
    }

    [Fact]
    public void A_length_of_nothing_or_above_the_bound_is_refused()
    {
        const ShadowsocksMethod method = ShadowsocksMethod.Aes128Gcm;
        foreach (byte[] length in new byte[][] { [0, 0], [0x40, 0], [0xff, 0xff] })
        {
            byte[] sealedLength = new byte[ShadowsocksChunk.LengthLength];
            using ShadowsocksCipher sealing = Cipher(method, PasswordKey(method), Count(16)), opening = Cipher(method, PasswordKey(method), Count(16));
            sealing.Seal(length, sealedLength);
            Assert.Equal(-1, ShadowsocksChunk.OpenLength(opening, method, sealedLength));
        }
    }

    [Fact]
    public void The_nonce_counts_over_its_octets()
    {
        const ShadowsocksMethod method = ShadowsocksMethod.Aes128Gcm;
        using ShadowsocksCipher counting = Cipher(method, PasswordKey(method), Count(16)), direct = Cipher(method, PasswordKey(method), Count(16));
        byte[] counted = new byte[17], expected = new byte[17];
        for (int i = 0; i < 300; i++) counting.Seal([1], counted);
        direct.Seal([.. BitConverter.GetBytes(299L), 0, 0, 0, 0], [1], expected);
        Assert.Equal(expected, counted);
    }
}
