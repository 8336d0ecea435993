using System.Text;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using static MultiExit.Engine.Tests.Protocols.Shadowsocks.ShadowsocksVectors;

namespace MultiExit.Engine.Tests.Protocols.Shadowsocks;

/// <summary>SIP022 and SIP023.</summary>
public sealed class Shadowsocks2022Tests
{
    private const string Request128 =
        "c30a19d02e6f48d33acf56b16aeb52a8ff68829745db6a06fc810166c40488123c94230192e5673a6393ebfff2b4ba776069f76ba2f19ec39d";

    private const string Request256 =
        "2655af03d8e6488c48234d658f185eb171822c92ca8217f2aa1f1617e0962e5b48e479f7ac53628854010481a02a428ca25a7a0e811d25eca9";

    private const string Response128 = "a47d2bf41bcfec95ef4aad39475c920ff4a122ff23aed77d16daa056b7c8a6c26b5d6a941b18a89390f7b39fa41e6ff2aa6b47bae8a6f60929"
        + "ac53f86e8afef7";

    private const string Response256 = "03da0cc103f387b3713f28b19b0e2095914b2e523432e78fcbb3c119667b7cbf6424aa245b7eb70036e606b40a9921effbf5bf56e140b82f34"
        + "06b861c2a7e430d6d6f28ba31025c68fcf520fdf823ac2";

    [Theory]
    [InlineData("2022-blake3-aes-128-gcm", Request128)]
    [InlineData("2022-blake3-aes-256-gcm", Request256)]
    public void A_request_has_the_octets_of_the_vector(string name, string octets)
    {
        (ShadowsocksMethod method, byte[] key, byte[] salt) = Of(name);
        byte[] second = new byte[64];
        int length = Shadowsocks2022Header.WriteAddress(second, Address, 3, "hi"u8);
        byte[] first = new byte[Shadowsocks2022Header.RequestLength], written = new byte[256];
        Shadowsocks2022Header.WriteRequest(first, Time, length);
        using ShadowsocksCipher cipher = Cipher(method, key, salt);
        int end = cipher.Seal(first, written);
        end += cipher.Seal(second.AsSpan(0, length), written.AsSpan(end));
        Assert.Equal(Bytes(octets), written[..end]);
        Assert.True(Shadowsocks2022Header.TryReadRequest(first, out ulong seconds, out int said));
        Assert.Equal((1_700_000_000UL, length), (seconds, said));
        Assert.True(Shadowsocks2022Header.TryReadAddress(second.AsSpan(0, length), out Destination? address, out ReadOnlySpan<byte> payload));
        Assert.Equal((Address, "hi"), (address, Encoding.ASCII.GetString(payload)));
    }

    [Theory]
    [InlineData("2022-blake3-aes-128-gcm", Response128)]
    [InlineData("2022-blake3-aes-256-gcm", Response256)]
    public void A_response_has_the_octets_of_the_vector_and_answers_its_request(string name, string octets)
    {
        (ShadowsocksMethod method, byte[] key, byte[] salt) = Of(name);
        byte[] first = new byte[Shadowsocks2022Header.ResponseLength(method)], written = new byte[256];
        Shadowsocks2022Header.WriteResponse(first, Time, salt, 5);
        using ShadowsocksCipher cipher = Cipher(method, key, Count(salt.Length, 200));
        int end = cipher.Seal(first, written);
        end += cipher.Seal("world"u8, written.AsSpan(end));
        Assert.Equal(Bytes(octets), written[..end]);
        Assert.True(Shadowsocks2022Header.TryReadResponse(first, salt, out ulong seconds, out int length));
        Assert.Equal((1_700_000_000UL, 5), (seconds, length));
        Assert.False(Shadowsocks2022Header.TryReadResponse(first, Count(salt.Length, 1), out _, out _));
    }

    [Theory]
    [InlineData("2022-blake3-aes-128-gcm", "16c73b1fdd38762790888bfc3a0d47db", "29af960a96f724f72786085a7dfc91fc")]
    [InlineData("2022-blake3-aes-256-gcm", "729be020a51ccc98b5a171f2108b154d", "06015278ac281bff3b516a3d9a68c8a2")]
    public void An_identity_header_is_the_hash_of_the_users_key_in_one_block(string name, string hash, string header)
    {
        (ShadowsocksMethod method, byte[] key, byte[] salt) = Of(name);
        Assert.Equal(Bytes(hash), ShadowsocksKeys.HashOf(key));
        byte[] written = new byte[16], read = new byte[16], identity = Count(method.KeyLength(), 50);
        ShadowsocksIdentity.Write(identity, salt, Bytes(hash), written);
        Assert.Equal(Bytes(header), written);
        ShadowsocksIdentity.Read(identity, salt, written, read);
        Assert.Equal(Bytes(hash), read);
    }

    [Theory]
    [InlineData("2022-blake3-aes-128-gcm", false, "137819cc91d9d5e277d5e383a6ec7711"
        + "361ba98aad9c3d7c84de7495f1d183313075483a2571d76877f89d0f794c3f068161e4a0a2b8f74375")]
    [InlineData("2022-blake3-aes-128-gcm", true, "2e0022c7f9271de206d2fe2a0cba0dcfa1a4a136a2d14c3228aebf4159df03bb"
        + "361ba98aad9c3d7c84de7495f1d183313075483a2571d76877f89d0f794c3f068161e4a0a2b8f74375")]
    [InlineData("2022-blake3-aes-256-gcm", false, "5a7f5ebbcc3c17e73f49092ce895dd92"
        + "af62e6e7f439119f8076eba3533f9e2bddabe653470193e6312b675bffbb4bfe57f9064f9b073e1ef0")]
    [InlineData("2022-blake3-aes-256-gcm", true, "1040fa989a65ddacd59497956c7ff42114c80c7947db52484eaf6c10666f1a46"
        + "af62e6e7f439119f8076eba3533f9e2bddabe653470193e6312b675bffbb4bfe57f9064f9b073e1ef0")]
    public void A_datagram_of_a_client_has_the_octets_of_the_vector(string name, bool withIdentity, string octets)
    {
        (ShadowsocksMethod method, byte[] key, _) = Of(name);
        byte[] headerKey = withIdentity ? Count(method.KeyLength(), 50) : key;
        const ulong id = 0x0102030405060708;
        byte[] sessionId = [1, 2, 3, 4, 5, 6, 7, 8], written = new byte[7 + Shadowsocks2022Packet.MaxOverhead];
        using ShadowsocksCipher cipher = Cipher(method, key, sessionId);
        Shadowsocks2022Session session = new(headerKey, withIdentity ? ShadowsocksKeys.HashOf(key) : default, cipher, id, null);
        int length = Shadowsocks2022Packet.Seal(session, 9, Time, 2, Address, "hello"u8, written);
        Assert.Equal(Bytes(octets), written[..length]);
        byte[] header = new byte[16], room = new byte[length], hash = new byte[16];
        Assert.True(Shadowsocks2022Packet.TryReadHeader(headerKey, written.AsSpan(0, length), header));
        Assert.Equal((id, 9UL), (Shadowsocks2022Packet.SessionOf(header), Shadowsocks2022Packet.NumberOf(header)));
        if (withIdentity)
        {
            ShadowsocksIdentity.Decrypt(headerKey, written.AsSpan(16, 16), hash);
            ShadowsocksIdentity.Mix(hash, header, hash);
            Assert.Equal(ShadowsocksKeys.HashOf(key), hash);
        }
        Span<byte> body = written.AsSpan(withIdentity ? 32 : 16, length - (withIdentity ? 32 : 16));
        Assert.True(Shadowsocks2022Packet.TryOpen(cipher, header, body, room, out Shadowsocks2022Opened opened, out ReadOnlySpan<byte> payload));
        Assert.Equal((new(1_700_000_000, null, Address), "hello"), (opened, Encoding.ASCII.GetString(payload)));
        body[^1] ^= 1;
        Assert.False(Shadowsocks2022Packet.TryOpen(cipher, header, body, room, out _, out _));
    }

    [Theory]
    [InlineData("2022-blake3-aes-128-gcm", "effa7164c5db4a168ee3545f269c226a"
        + "47960dd96dbb19e0493a6722794f52741d7a14ebbf66892b696778bf43df2839af1e6f60e637a2d5f0536af3e58016")]
    [InlineData("2022-blake3-aes-256-gcm", "0c3efbae100fecb9e50ecf6f54a08526"
        + "656e8207f435d9d5daa61dd64a3252c1e0a79fb129fdd3730e4c05b2a79f96b5df3a0b9a8efe2ea9484d5f82b21aca")]
    public void A_datagram_of_a_server_says_whose_session_it_belongs_to(string name, string octets)
    {
        (ShadowsocksMethod method, byte[] key, _) = Of(name);
        byte[] written = new byte[5 + Shadowsocks2022Packet.MaxOverhead], header = new byte[16], room = new byte[128];
        using ShadowsocksCipher cipher = Cipher(method, key, [9, 9, 9, 9, 9, 9, 9, 9]);
        Shadowsocks2022Session session = new(key, default, cipher, 0x0909090909090909, 0x0102030405060708);
        int length = Shadowsocks2022Packet.Seal(session, 0, Time, 0, Address, "world"u8, written);
        Assert.Equal(Bytes(octets), written[..length]);
        Assert.True(Shadowsocks2022Packet.TryReadHeader(key, written.AsSpan(0, length), header));
        Assert.True(Shadowsocks2022Packet.TryOpen(cipher, header, written.AsSpan(16, length - 16), room, out Shadowsocks2022Opened opened, out _));
        Assert.Equal(0x0102030405060708UL, opened.ClientId);
    }

    [Theory]
    [InlineData("017f0000010050" + "0000", false)] // neither padding nor payload
    [InlineData("017f0000010050" + "0000" + "61", true)]
    [InlineData("017f0000010050" + "0001" + "00", true)]
    [InlineData("017f0000010050" + "0002" + "00", false)] // more padding than there is
    [InlineData("017f0000010050" + "00", false)]
    [InlineData("027f0000010050" + "0001" + "00", false)]
    [InlineData("0300" + "0050" + "0001" + "00", false)]
    public void The_second_chunk_of_a_request_is_whole_or_refused(string octets, bool isWhole) =>
        Assert.Equal(isWhole, Shadowsocks2022Header.TryReadAddress(Bytes(octets), out _, out _));

    [Fact]
    public void More_than_900_octets_of_padding_are_refused()
    {
        byte[] address = Bytes("017f0000010050");
        Assert.True(Shadowsocks2022Header.TryReadAddress([.. address, 0x03, 0x84, .. new byte[900]], out _, out _));
        Assert.False(Shadowsocks2022Header.TryReadAddress([.. address, 0x03, 0x85, .. new byte[901]], out _, out _));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(-30, true)]
    [InlineData(31, false)]
    [InlineData(-31, false)]
    public void Clocks_may_be_thirty_seconds_apart(int seconds, bool isNear) =>
        Assert.Equal(isNear, Shadowsocks2022Header.IsNear((ulong)(1_700_000_000 + seconds), Time));

    [Fact]
    public void A_time_beyond_all_calendars_is_not_near() => Assert.False(Shadowsocks2022Header.IsNear(ulong.MaxValue, Time));

    private static (ShadowsocksMethod Method, byte[] Key, byte[] Salt) Of(string name)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find(name)!.Value;
        return (method, Count(method.KeyLength(), 100), Count(method.KeyLength()));
    }
}
