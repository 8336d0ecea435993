using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

public sealed class TunnelPayloadTests
{
    [Theory]
    [InlineData("192.0.2.1:80")]
    [InlineData("[2001:db8::1]:65535")]
    [InlineData("example.com:0")]
    [InlineData("bücher.example:443")]
    public void Addresses_come_back(string text)
    {
        Assert.True(Destination.TryParse(text, -1, out Destination? destination));
        byte[] target = new byte[TunnelAddress.MaxLength];
        int length = TunnelAddress.Write(target, destination);
        Assert.Equal(TunnelAddress.GetLength(destination), length);
        for (int i = 0; i < length; i++)
            Assert.False(TunnelAddress.TryRead(target.AsSpan(0, i), out _, out _, out _));
        Assert.True(TunnelAddress.TryRead(target, out Destination? read, out int consumed, out _));
        Assert.Equal(destination, read);
        Assert.Equal(length, consumed);
    }

    [Fact]
    public void The_longest_domain_comes_back()
    {
        Assert.True(Destination.TryFromHost(new string('a', 255), 1, out Destination? destination));
        byte[] target = new byte[TunnelAddress.MaxLength];
        Assert.Equal(TunnelAddress.MaxLength, TunnelAddress.Write(target, destination));
        Assert.True(TunnelAddress.TryRead(target, out Destination? read, out _, out _));
        Assert.Equal(destination, read);
    }

    [Theory]
    [InlineData("01 01 04 c0000201 0050", 9, "192.0.2.1:80")]
    [InlineData("01 03 09 3132372e302e302e31 0050 aabb", 14, "127.0.0.1:80")]
    [InlineData("01 04 10 00000000000000000000ffffc0000201 0050", 21, "192.0.2.1:80")]
    [InlineData("02 01 04 00000000 0000", 9, "0.0.0.0:0")]
    public void A_connect_is_read_with_its_destination_and_the_offset_of_its_data(string hex, int dataOffset, string expected)
    {
        Assert.True(TunnelConnect.TryRead(Bytes(hex), out _, out Destination? destination, out int offset, out _));
        Assert.Equal(dataOffset, offset);
        Assert.Equal(expected, destination!.ToString());
    }

    [Theory]
    [InlineData("", Socks5Reply.GeneralFailure)]
    [InlineData("01", Socks5Reply.GeneralFailure)]
    [InlineData("00 01 04 c0000201 0050", Socks5Reply.CommandNotSupported)]
    [InlineData("03 01 04 c0000201 0050", Socks5Reply.CommandNotSupported)]
    [InlineData("01 02 04 c0000201 0050", Socks5Reply.AddressTypeNotSupported)]
    [InlineData("01 01 03 c00002 0050", Socks5Reply.GeneralFailure)]
    [InlineData("01 01 10 20010db8000000000000000000000001 0050", Socks5Reply.GeneralFailure)]
    [InlineData("01 04 04 c0000201 0050", Socks5Reply.GeneralFailure)]
    [InlineData("01 01 04 c0000201 00", Socks5Reply.GeneralFailure)]
    [InlineData("01 03 ff 61 0050", Socks5Reply.GeneralFailure)]
    [InlineData("01 03 00 0050", Socks5Reply.GeneralFailure)]
    [InlineData("01 03 02 6100 0050", Socks5Reply.GeneralFailure)]
    [InlineData("01 03 02 c328 0050", Socks5Reply.GeneralFailure)]
    [InlineData("02 01 04 00000000 0000 aa", Socks5Reply.GeneralFailure)]
    public void A_malformed_connect_is_refused_with_its_reply_code(string hex, object expected)
    {
        Assert.False(TunnelConnect.TryRead(Bytes(hex), out _, out _, out _, out Socks5Reply error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Connected_keeps_unknown_codes_and_takes_no_trailing_bytes()
    {
        Assert.True(TunnelConnected.TryRead(Bytes("2a 01 04 00000000 0000"), out Socks5Reply reply, out Destination? bound));
        Assert.Equal((Socks5Reply)0x2a, reply);
        Assert.Equal("0.0.0.0:0", bound!.ToString());
        Assert.False(TunnelConnected.TryRead(Bytes("00 01 04 00000000 0000 00"), out _, out _));
        Assert.False(TunnelConnected.TryRead(Bytes("05"), out _, out _));
        Assert.False(TunnelConnected.TryRead([], out _, out _));
    }

    [Fact]
    public void A_datagram_is_read_with_its_address_and_the_offset_of_its_data()
    {
        Assert.True(TunnelDatagram.TryRead(Bytes("01 04 c0000201 0035"), out Destination? address, out int offset));
        Assert.Equal(("192.0.2.1:53", 8), (address!.ToString(), offset));
        Assert.False(TunnelDatagram.TryRead(Bytes("01 04 c0000201"), out _, out _));
    }

    [Fact]
    public void Control_payloads_have_one_length()
    {
        Assert.True(TunnelControl.TryReadWindow(Bytes("00010000"), out uint credit));
        Assert.Equal(65536u, credit);
        Assert.True(TunnelControl.TryReadReset(Bytes("63"), out TunnelResetCode code));
        Assert.Equal((TunnelResetCode)0x63, code);
        Assert.True(TunnelControl.TryReadPing(Bytes("0102030405060708"), out ulong opaque));
        Assert.Equal(0x0102030405060708ul, opaque);
        Assert.True(TunnelControl.TryReadGoAway(Bytes("00000000"), out uint last));
        Assert.Equal(0u, last);
        Assert.True(TunnelControl.TryReadGoAway(Bytes("ffffffff"), out last));
        Assert.Equal(uint.MaxValue, last);

        Assert.False(TunnelControl.TryReadWindow(Bytes("00000000"), out _));
        Assert.False(TunnelControl.TryReadGoAway(Bytes("00000002"), out _));
        for (int length = 0; length < 12; length++)
        {
            byte[] payload = [.. Enumerable.Repeat((byte)1, length)];
            Assert.Equal(length == 4, TunnelControl.TryReadWindow(payload, out _));
            Assert.Equal(length == 1, TunnelControl.TryReadReset(payload, out _));
            Assert.Equal(length == 8, TunnelControl.TryReadPing(payload, out _));
            Assert.Equal(length == 4, TunnelControl.TryReadGoAway(payload, out _));
        }
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
