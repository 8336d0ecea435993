using System.Net;
using System.Text;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks4;

namespace MultiExit.Engine.Tests.Protocols.Socks4;

public sealed class Socks4MessageTests
{
    [Theory]
    [InlineData("0401005000000001" + "00" + "6578616d706c652e636f6d00", "", "example.com:80")]
    [InlineData("0401005000000001" + "616c69636500" + "6578616d706c652e636f6d00", "alice", "example.com:80")]
    [InlineData("040101bbc000020500", "", "192.0.2.5:443")]
    [InlineData("040101bbc0000205626f6200", "bob", "192.0.2.5:443")]
    [InlineData("0401005000000100" + "00", "", "0.0.1.0:80")] // no domain: the third octet is not 0
    [InlineData("0401005000000000" + "00", "", "0.0.0.0:80")]
    public void A_request_is_read_and_written_octet_by_octet(string octets, string userId, string destination)
    {
        byte[] request = Convert.FromHexString(octets);
        Assert.Equal(ParseStatus.Ok, Socks4RequestMessage.TryRead(
            [.. request, 0xff], out Socks4Command command, out ReadOnlySpan<byte> user, out Destination? found, out int consumed));
        Assert.Equal((Socks4Command.Connect, userId, destination, request.Length), (command, Encoding.ASCII.GetString(user), found!.ToString(), consumed));
        byte[] written = new byte[Socks4RequestMessage.MaxLength];
        Assert.Equal(request, written[..Socks4RequestMessage.Write(written, command, user, found)]);
        for (int length = 0; length < request.Length; length++)
            Assert.Equal(ParseStatus.NeedMore, Socks4RequestMessage.TryRead(request.AsSpan(0, length), out _, out _, out _, out _));
    }

    [Theory]
    [InlineData("05")]
    [InlineData("0401005000000001" + "00" + "00")] // no domain where there has to be one
    [InlineData("0401005000000001" + "00" + "612062" + "00")]
    [InlineData("0401005000000001" + "00" + "ff" + "00")]
    public void A_malformed_request_is_invalid(string octets) => Assert.Equal(
        ParseStatus.Invalid, Socks4RequestMessage.TryRead(Convert.FromHexString(octets), out _, out _, out _, out _));

    [Fact]
    public void A_user_id_or_a_domain_without_an_end_is_invalid_once_it_is_too_long()
    {
        byte[] start = Convert.FromHexString("0401005000000001");
        byte[] longText = [.. Enumerable.Repeat((byte)'a', 256)];
        Assert.Equal(ParseStatus.NeedMore, Socks4RequestMessage.TryRead([.. start, .. longText[1..]], out _, out _, out _, out _));
        Assert.Equal(ParseStatus.Invalid, Socks4RequestMessage.TryRead([.. start, .. longText], out _, out _, out _, out _));
        Assert.Equal(ParseStatus.NeedMore, Socks4RequestMessage.TryRead([.. start, 0, .. longText[1..]], out _, out _, out _, out _));
        Assert.Equal(ParseStatus.Invalid, Socks4RequestMessage.TryRead([.. start, 0, .. longText], out _, out _, out _, out _));
    }

    [Theory]
    [InlineData("005a01bbc0000205", 0x5A, "192.0.2.5:443")]
    [InlineData("005a000000000000", 0x5A, null)]
    [InlineData("005b000000000000", 0x5B, null)]
    [InlineData("005d000000000000", 0x5D, null)]
    public void A_reply_is_read_and_written_octet_by_octet(string octets, byte reply, string? bound)
    {
        byte[] message = Convert.FromHexString(octets);
        Assert.Equal(ParseStatus.Ok, Socks4ReplyMessage.TryRead([.. message, 1], out Socks4Reply found, out IPEndPoint? told, out int consumed));
        Assert.Equal(((Socks4Reply)reply, bound, message.Length), (found, told?.ToString(), consumed));
        byte[] written = new byte[Socks4ReplyMessage.Length];
        Socks4ReplyMessage.Write(written, found, told);
        Assert.Equal(message, written);
        Assert.Equal(ParseStatus.NeedMore, Socks4ReplyMessage.TryRead(message.AsSpan(0, 7), out _, out _, out _));
    }

    [Theory]
    [InlineData("055a000000000000")]
    [InlineData("0059000000000000")]
    [InlineData("005e000000000000")]
    public void What_is_no_reply_is_invalid(string octets) => Assert.Equal(
        ParseStatus.Invalid, Socks4ReplyMessage.TryRead(Convert.FromHexString(octets), out _, out _, out _));

    [Fact]
    public void An_address_of_ipv6_has_no_place_in_it()
    {
        Assert.False(Socks4RequestMessage.CanCarry(Destination.FromAddress(IPAddress.IPv6Loopback, 1)));
        Assert.True(Socks4RequestMessage.CanCarry(Destination.FromAddress(IPAddress.Loopback, 1)));
        byte[] written = [9, 9, 9, 9, 9, 9, 9, 9];
        Socks4ReplyMessage.Write(written, Socks4Reply.Granted, new IPEndPoint(IPAddress.IPv6Loopback, 1));
        Assert.Equal(Convert.FromHexString("005a000000000000"), written);
    }
}
