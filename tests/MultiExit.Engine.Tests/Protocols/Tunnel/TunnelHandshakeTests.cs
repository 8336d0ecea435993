using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

public sealed class TunnelHandshakeTests
{
    private const long Now = 1_760_000_000;

    private static readonly TunnelHello Hello = new(TunnelMethod.Aes256Gcm, TunnelFlags.None, 42, Now);

    [Fact]
    public void Message_in_pieces_needs_more()
    {
        using TunnelPsk psk = TestTunnel.Psk();
        byte[] message = Client(psk, Hello);
        for (int length = 0; length < TunnelHandshake.Length; length++)
            Assert.Equal(TunnelHandshakeStatus.NeedMore, TunnelHandshake.ReadClient(message.AsSpan(0, length), psk, Now, out _));
        Assert.Equal(TunnelHandshakeStatus.Ok, TunnelHandshake.ReadClient([.. message, 1, 2, 3], psk, Now, out TunnelHello hello));
        Assert.Equal(Hello, hello);
    }

    [Fact]
    public void Another_protocol_is_known_by_its_first_byte()
    {
        using TunnelPsk psk = TestTunnel.Psk();
        Assert.Equal(TunnelHandshakeStatus.BadVersion, TunnelHandshake.ReadClient("G"u8, psk, Now, out _));
        byte[] message = Client(psk, Hello);
        message[0] = 2;
        Assert.Equal(TunnelHandshakeStatus.BadVersion, TunnelHandshake.ReadClient(message, psk, Now, out _));
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        using TunnelPsk psk = TestTunnel.Psk();
        byte[] client = Client(psk, Hello);
        byte[] server = Server(psk, client, Hello);
        for (int bit = 0; bit < TunnelHandshake.Length * 8; bit++)
        {
            TunnelHandshakeStatus expected = bit < 8 ? TunnelHandshakeStatus.BadVersion : TunnelHandshakeStatus.BadMac;
            Assert.Equal(expected, TunnelHandshake.ReadClient(Flip(client, bit), psk, Now, out TunnelHello hello));
            Assert.Equal(default, hello);
            Assert.Equal(expected, TunnelHandshake.ReadServer(Flip(server, bit), psk, client, out _));
        }
    }

    [Fact]
    public void Another_key_is_refused()
    {
        using TunnelPsk psk = TestTunnel.Psk();
        using TunnelPsk other = TestTunnel.Psk("another key");
        byte[] client = Client(psk, Hello);
        Assert.Equal(TunnelHandshakeStatus.BadMac, TunnelHandshake.ReadClient(client, other, Now, out _));
        Assert.Equal(TunnelHandshakeStatus.BadMac, TunnelHandshake.ReadServer(Server(other, client, Hello), psk, client, out _));
    }

    [Fact]
    public void An_answer_to_another_message_or_the_message_itself_is_refused()
    {
        using TunnelPsk psk = TestTunnel.Psk();
        byte[] client = Client(psk, Hello);
        byte[] other = Client(psk, Hello with { Random = 43 });
        Assert.Equal(TunnelHandshakeStatus.BadMac, TunnelHandshake.ReadServer(Server(psk, other, Hello), psk, client, out _));
        Assert.Equal(TunnelHandshakeStatus.BadMac, TunnelHandshake.ReadServer(client, psk, client, out _));
    }

    [Theory]
    [InlineData(-301, TunnelHandshakeStatus.BadTime)]
    [InlineData(-300, TunnelHandshakeStatus.Ok)]
    [InlineData(300, TunnelHandshakeStatus.Ok)]
    [InlineData(301, TunnelHandshakeStatus.BadTime)]
    [InlineData(long.MaxValue - Now, TunnelHandshakeStatus.BadTime)]
    [InlineData(long.MinValue, TunnelHandshakeStatus.BadTime)]
    public void Only_a_timestamp_within_300_seconds_is_accepted(long offset, object expected)
    {
        using TunnelPsk psk = TestTunnel.Psk();
        byte[] message = Client(psk, Hello with { Timestamp = Now + offset });
        Assert.Equal(expected, TunnelHandshake.ReadClient(message, psk, Now, out TunnelHello hello));
        Assert.Equal(Now + offset, hello.Timestamp);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(255)]
    public void Unknown_methods_are_refused(byte method)
    {
        using TunnelPsk psk = TestTunnel.Psk();
        byte[] message = Client(psk, Hello with { Method = (TunnelMethod)method });
        Assert.Equal(TunnelHandshakeStatus.BadMethod, TunnelHandshake.ReadClient(message, psk, Now, out _));
    }

    [Fact]
    public void A_server_cannot_change_the_method()
    {
        using TunnelPsk psk = TestTunnel.Psk();
        byte[] client = Client(psk, Hello);
        byte[] server = Server(psk, client, Hello with { Method = TunnelMethod.TlsOnly });
        Assert.Equal(TunnelHandshakeStatus.BadMethod, TunnelHandshake.ReadServer(server, psk, client, out _));
    }

    [Theory]
    [InlineData(0, 0, TunnelHandshakeStatus.Ok)]
    [InlineData(0, 1, TunnelHandshakeStatus.Ok)]
    [InlineData(1, 1, TunnelHandshakeStatus.Ok)]
    [InlineData(1, 0, TunnelHandshakeStatus.BadFlags)]
    [InlineData(0, 2, TunnelHandshakeStatus.BadFlags)]
    [InlineData(1, 3, TunnelHandshakeStatus.BadFlags)]
    public void A_server_keeps_the_flags_asked_for_and_adds_only_known_ones(ushort asked, ushort answered, object expected)
    {
        using TunnelPsk psk = TestTunnel.Psk();
        byte[] client = Client(psk, Hello with { Flags = (TunnelFlags)asked });
        byte[] server = Server(psk, client, Hello with { Flags = (TunnelFlags)answered });
        Assert.Equal(expected, TunnelHandshake.ReadServer(server, psk, client, out _));
    }

    [Fact]
    public void Flags_of_the_client_are_kept()
    {
        using TunnelPsk psk = TestTunnel.Psk();
        byte[] client = Client(psk, Hello with { Flags = (TunnelFlags)0x8001 });
        Assert.Equal(TunnelHandshakeStatus.Ok, TunnelHandshake.ReadClient(client, psk, Now, out TunnelHello hello));
        Assert.Equal((TunnelFlags)0x8001, hello.Flags);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.9999999, 4095)]
    [InlineData(0.5, 2048)]
    public void A_client_says_its_time_to_a_4096th_of_a_second(double second, int fraction)
    {
        using TunnelPsk psk = TestTunnel.Psk();
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(Now).AddTicks((long)(second * TimeSpan.TicksPerSecond));
        byte[] client = Client(psk, TunnelHello.OfClient(TunnelMethod.Aes256Gcm, TunnelFlags.Padding, 42, time));
        Assert.Equal(TunnelHandshakeStatus.Ok, TunnelHandshake.ReadClient(client, psk, Now, out TunnelHello hello));
        Assert.Equal((Now, (TunnelFlags)(fraction << 4) | TunnelFlags.Padding), (hello.Timestamp, hello.Flags));
        Assert.InRange(time - hello.GetTime(), TimeSpan.Zero, TimeSpan.FromTicks(TimeSpan.TicksPerSecond / 4096 + 1));
        // A server that knows no fraction says nothing of it.
        byte[] server = Server(psk, client, Hello with { Flags = TunnelFlags.Padding });
        Assert.Equal(TunnelHandshakeStatus.Ok, TunnelHandshake.ReadServer(server, psk, client, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("base64:")]
    [InlineData("base64:AAAA")]
    [InlineData("base64:oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vg==")]
    [InlineData("base64:oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr/A")]
    [InlineData("base64:oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8= ")]
    [InlineData("base64:oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8!")]
    public void A_malformed_key_is_refused(string text) =>
        Assert.False(TunnelPsk.TryCreate(System.Text.Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Keys_do_not_print()
    {
        using TunnelPsk psk = TestTunnel.Psk();
        using TunnelKeys keys = TestTunnel.Keys();
        Assert.Equal("***", psk.ToString());
        Assert.Equal("***", keys.ToString());
    }

    private static byte[] Client(TunnelPsk psk, in TunnelHello hello)
    {
        byte[] message = new byte[TunnelHandshake.Length];
        TunnelHandshake.WriteClient(message, psk, hello);
        return message;
    }

    private static byte[] Server(TunnelPsk psk, byte[] client, in TunnelHello hello)
    {
        byte[] message = new byte[TunnelHandshake.Length];
        TunnelHandshake.WriteServer(message, psk, client, hello);
        return message;
    }

    private static byte[] Flip(byte[] message, int bit)
    {
        byte[] flipped = [.. message];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
