using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Tests.Protocols.Socks5;

public sealed class Socks5MessageTests
{
    private delegate ParseStatus Parser(ReadOnlySpan<byte> source, out int consumed);

    [Theory]
    [InlineData("0500", "")]
    [InlineData("050100", "00")]
    [InlineData("05020002", "0002")]
    public void Greeting_is_read(string wire, string methods)
    {
        byte[] bytes = Convert.FromHexString(wire);
        AssertWholeOnly(bytes, (ReadOnlySpan<byte> source, out int consumed) => Socks5Greeting.TryRead(source, out _, out consumed));
        Socks5Greeting.TryRead(bytes, out ReadOnlySpan<byte> read, out _);
        Assert.Equal(methods, Convert.ToHexString(read));
    }

    [Fact]
    public void Greeting_with_255_methods_is_read()
    {
        byte[] bytes = new byte[Socks5Greeting.MaxLength];
        bytes[0] = 5;
        bytes[1] = 255;
        AssertWholeOnly(bytes, (ReadOnlySpan<byte> source, out int consumed) => Socks5Greeting.TryRead(source, out _, out consumed));
    }

    [Fact]
    public void Greeting_is_written()
    {
        byte[] target = new byte[4];
        Assert.Equal(4, Socks5Greeting.Write(target, Socks5Method.NoAuthentication, Socks5Method.UserPassword));
        Assert.Equal("05020002", Convert.ToHexString(target));
    }

    [Fact]
    public void Wrong_version_is_seen_in_the_first_byte()
    {
        Assert.Equal(ParseStatus.Invalid, Socks5Greeting.TryRead([4], out _, out _));
        Assert.Equal(ParseStatus.Invalid, Socks5MethodSelection.TryRead([4], out _, out _));
        Assert.Equal(ParseStatus.Invalid, Socks5Credentials.TryRead([5], out _, out _, out _));
        Assert.Equal(ParseStatus.Invalid, Socks5AuthStatus.TryRead([0], out _, out _));
        Assert.Equal(ParseStatus.Invalid, Socks5RequestMessage.TryRead([4], out _, out _, out _, out Socks5Reply? error));
        Assert.Null(error);
        Assert.Equal(ParseStatus.Invalid, Socks5ReplyMessage.TryRead([4], out _, out _, out _));
    }

    [Fact]
    public void Method_selection_goes_both_ways_and_keeps_unknown_methods()
    {
        byte[] target = new byte[2];
        Assert.Equal(2, Socks5MethodSelection.Write(target, (Socks5Method)0x80));
        AssertWholeOnly(target, (ReadOnlySpan<byte> source, out int consumed) => Socks5MethodSelection.TryRead(source, out _, out consumed));
        Socks5MethodSelection.TryRead(target, out Socks5Method method, out _);
        Assert.Equal((Socks5Method)0x80, method);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(255, 255)]
    [InlineData(1, 255)]
    public void Credentials_go_both_ways(int nameLength, int passwordLength)
    {
        byte[] name = [.. Enumerable.Repeat((byte)'n', nameLength)];
        byte[] password = [.. Enumerable.Repeat((byte)'p', passwordLength)];
        byte[] target = new byte[Socks5Wire.MaxMessageLength];
        byte[] wire = target[..Socks5Credentials.Write(target, name, password)];
        AssertWholeOnly(wire, (ReadOnlySpan<byte> source, out int consumed) => Socks5Credentials.TryRead(source, out _, out _, out consumed));
        Socks5Credentials.TryRead(wire, out ReadOnlySpan<byte> readName, out ReadOnlySpan<byte> readPassword, out _);
        Assert.True(readName.SequenceEqual(name));
        Assert.True(readPassword.SequenceEqual(password));
    }

    [Theory]
    [InlineData("0100")]
    [InlineData("01016100")]
    public void Empty_credentials_are_invalid(string wire) =>
        Assert.Equal(ParseStatus.Invalid, Socks5Credentials.TryRead(Convert.FromHexString(wire), out _, out _, out _));

    [Theory]
    [InlineData(true, "0100")]
    [InlineData(false, "0101")]
    public void Auth_status_goes_both_ways(bool accepted, string wire)
    {
        byte[] target = new byte[2];
        Socks5AuthStatus.Write(target, accepted);
        Assert.Equal(wire, Convert.ToHexString(target));
        AssertWholeOnly(target, (ReadOnlySpan<byte> source, out int consumed) => Socks5AuthStatus.TryRead(source, out _, out consumed));
        Socks5AuthStatus.TryRead(target, out bool read, out _);
        Assert.Equal(accepted, read);
    }

    [Theory]
    [InlineData("0501000101020304 01BB", "1.2.3.4:443")]
    [InlineData("050100030B6578616D706C652E636F6D 0050", "example.com:80")]
    [InlineData("05010003 07312E322E332E34 0050", "1.2.3.4:80")]
    [InlineData("05010004 20010DB8000000000000000000000001 0001", "[2001:db8::1]:1")]
    [InlineData("05010004 00000000000000000000FFFF01020304 0001", "1.2.3.4:1")]
    [InlineData("0501FF01 00000000 0000", "0.0.0.0:0")]
    public void Request_is_read(string wire, string destination)
    {
        byte[] bytes = Convert.FromHexString(wire.Replace(" ", ""));
        AssertWholeOnly(bytes, (ReadOnlySpan<byte> source, out int consumed) =>
            Socks5RequestMessage.TryRead(source, out _, out _, out consumed, out _));
        Socks5RequestMessage.TryRead(bytes, out Socks5Command command, out Destination? read, out _, out _);
        Assert.Equal(Socks5Command.Connect, command);
        Assert.Equal(destination, read!.ToString());
    }

    [Theory]
    [InlineData("05010000", 8)]
    [InlineData("05010005", 8)]
    [InlineData("050100030000 50", 1)]
    [InlineData("05010003036100620050", 1)]
    [InlineData("050100030361FF620050", 1)]
    public void Bad_address_names_its_reply(string wire, byte reply)
    {
        Assert.Equal(ParseStatus.Invalid,
            Socks5RequestMessage.TryRead(Convert.FromHexString(wire.Replace(" ", "")), out _, out _, out _, out Socks5Reply? error));
        Assert.Equal((Socks5Reply)reply, error);
    }

    [Fact]
    public void Unknown_command_is_kept()
    {
        Assert.Equal(ParseStatus.Ok,
            Socks5RequestMessage.TryRead([5, 9, 0, 1, 1, 2, 3, 4, 0, 80], out Socks5Command command, out _, out _, out _));
        Assert.Equal((Socks5Command)9, command);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(1)]
    public void Request_for_a_domain_goes_both_ways(int length)
    {
        Assert.True(Destination.TryFromHost(new string('a', length), 65535, out Destination? destination));
        byte[] target = new byte[Socks5RequestMessage.MaxLength];
        byte[] wire = target[..Socks5RequestMessage.Write(target, Socks5Command.Bind, destination)];
        AssertWholeOnly(wire, (ReadOnlySpan<byte> source, out int consumed) =>
            Socks5RequestMessage.TryRead(source, out _, out _, out consumed, out _));
        Socks5RequestMessage.TryRead(wire, out Socks5Command command, out Destination? read, out _, out _);
        Assert.Equal(Socks5Command.Bind, command);
        Assert.Equal(destination, read);
    }

    [Fact]
    public void Reply_goes_both_ways()
    {
        byte[] target = new byte[Socks5ReplyMessage.MaxIPLength];
        Assert.Equal(22, Socks5ReplyMessage.Write(target, Socks5Reply.Succeeded, System.Net.IPAddress.IPv6Loopback, 99));
        AssertWholeOnly(target, (ReadOnlySpan<byte> source, out int consumed) => Socks5ReplyMessage.TryRead(source, out _, out _, out consumed));
        Socks5ReplyMessage.TryRead(target, out Socks5Reply reply, out Destination? bound, out _);
        Assert.Equal(Socks5Reply.Succeeded, reply);
        Assert.Equal("[::1]:99", bound!.ToString());
    }

    [Fact]
    public void Failed_reply_is_known_from_two_bytes()
    {
        Assert.Equal(ParseStatus.Ok, Socks5ReplyMessage.TryRead([5, 0x5b], out Socks5Reply reply, out Destination? bound, out _));
        Assert.Equal((Socks5Reply)0x5b, reply);
        Assert.Null(bound);
    }

    [Fact]
    public void Datagram_header_goes_both_ways()
    {
        Assert.True(Destination.TryFromHost("example.com", 53, out Destination? destination));
        byte[] datagram = new byte[Socks5UdpHeader.GetLength(destination)];
        Assert.Equal(datagram.Length, Socks5UdpHeader.Write(datagram, destination));
        for (int length = 0; length < datagram.Length; length++) Assert.False(Socks5UdpHeader.TryRead(datagram.AsSpan(0, length), out _, out _));
        Assert.True(Socks5UdpHeader.TryRead([.. datagram, 1, 2, 3], out Destination? read, out int header));
        Assert.Equal(datagram.Length, header);
        Assert.Equal(destination, read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Datagram_with_reserved_bits_or_a_fragment_number_is_dropped(int index)
    {
        byte[] datagram = [0, 0, 0, 1, 1, 2, 3, 4, 0, 53, 42];
        datagram[index] = 1;
        Assert.False(Socks5UdpHeader.TryRead(datagram, out _, out _));
    }

    // Every prefix needs more, the whole is read, and bytes after it are left alone.
    private static void AssertWholeOnly(byte[] wire, Parser parser)
    {
        for (int length = 0; length < wire.Length; length++) Assert.Equal(ParseStatus.NeedMore, parser(wire.AsSpan(0, length), out _));
        Assert.Equal(ParseStatus.Ok, parser(wire, out int consumed));
        Assert.Equal(wire.Length, consumed);
        Assert.Equal(ParseStatus.Ok, parser([.. wire, 0xaa, 0xbb], out consumed));
        Assert.Equal(wire.Length, consumed);
    }
}
