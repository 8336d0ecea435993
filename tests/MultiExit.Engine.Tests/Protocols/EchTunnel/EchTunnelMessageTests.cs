using System.Text;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.EchTunnel;

/// <summary>The plain format, byte for byte.</summary>
public sealed class EchTunnelMessageTests
{
    private const string Id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static readonly Guid Guid = Guid.Parse(Id);

    [Theory]
    [InlineData(EchTunnelMessageType.Claim, "CLAIM:" + Id + "|")]
    [InlineData(EchTunnelMessageType.ClaimAck, "CLAIM_ACK:" + Id + "|")]
    [InlineData(EchTunnelMessageType.Tcp, "TCP:" + Id + "|")]
    [InlineData(EchTunnelMessageType.Connected, "CONNECTED:" + Id)]
    [InlineData(EchTunnelMessageType.Data, "DATA:" + Id + "|")]
    [InlineData(EchTunnelMessageType.Close, "CLOSE:" + Id)]
    [InlineData(EchTunnelMessageType.UdpConnect, "UDP_CONNECT:" + Id + "|")]
    [InlineData(EchTunnelMessageType.UdpConnected, "UDP_CONNECTED:" + Id)]
    [InlineData(EchTunnelMessageType.UdpError, "UDP_ERROR:" + Id + "|")]
    [InlineData(EchTunnelMessageType.UdpData, "UDP_DATA:" + Id + "|")]
    [InlineData(EchTunnelMessageType.UdpClose, "UDP_CLOSE:" + Id)]
    internal void Heads_are_those_of_the_table(EchTunnelMessageType type, string expected)
    {
        byte[] target = new byte[EchTunnelWire.MaxHeadLength];
        Assert.Equal(expected, Encoding.ASCII.GetString(target, 0, EchTunnelWire.WriteHead(target, type, Guid)));
        Assert.True(EchTunnelMessage.TryRead(Encoding.ASCII.GetBytes(expected), out EchTunnelMessage message));
        Assert.Equal(type, message.Type);
        Assert.Equal(Guid, message.Id);
        Assert.True(message.Rest.IsEmpty);
    }

    [Fact]
    public void What_follows_the_first_bar_is_raw()
    {
        byte[] payload = [0xff, 0xfe, (byte)'|', 0, 0xc3, (byte)'|', 0x80];
        Assert.True(EchTunnelMessage.TryRead((byte[])[.. Encoding.ASCII.GetBytes($"DATA:{Id}|"), .. payload], out EchTunnelMessage message));
        Assert.Equal(payload, message.Rest.ToArray());
    }

    [Theory]
    [InlineData("example.com:80|", "")]
    [InlineData("example.com:80", "")] // the last field may be missing
    [InlineData("example.com:80|GET / HTTP/1.1", "GET / HTTP/1.1")]
    [InlineData("example.com:80|a|b||c", "a|b||c")]
    public void Connect_has_a_target_and_perhaps_a_first_frame(string rest, string firstFrame)
    {
        Assert.True(EchTunnelMessage.TryRead(Encoding.ASCII.GetBytes($"TCP:{Id}|{rest}"), out EchTunnelMessage message));
        message.Split(out ReadOnlySpan<byte> target, out ReadOnlySpan<byte> payload);
        Assert.True(EchTunnelAddress.TryRead(target, out Destination? destination));
        Assert.Equal("example.com:80", destination.ToString());
        Assert.Equal(firstFrame, Encoding.ASCII.GetString(payload));
    }

    [Fact]
    public void Datagrams_of_a_server_have_their_source()
    {
        Assert.True(EchTunnelMessage.TryRead(
            (byte[])[.. Encoding.ASCII.GetBytes($"UDP_DATA:{Id}|[2001:db8::1]:53|"), 0xff, (byte)'|'], out EchTunnelMessage message));
        message.Split(out ReadOnlySpan<byte> source, out ReadOnlySpan<byte> payload);
        Assert.True(EchTunnelAddress.TryRead(source, out Destination? address));
        Assert.Equal("[2001:db8::1]:53", address.ToString());
        Assert.Equal([0xff, (byte)'|'], payload.ToArray());
    }

    [Fact]
    public void Upper_case_ids_are_the_same()
    {
        Assert.True(EchTunnelMessage.TryRead(Encoding.ASCII.GetBytes($"CLOSE:{Id.ToUpperInvariant()}"), out EchTunnelMessage message));
        Assert.Equal(Guid, message.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HELLO")]
    [InlineData("data:" + Id + "|")]
    [InlineData("RESUME:" + Id)]
    [InlineData(":" + Id)]
    [InlineData("A_VERY_LONG_WORD_INDEED:" + Id)]
    public void Unknown_words_are_unknown(string text)
    {
        Assert.True(EchTunnelMessage.TryRead(Encoding.ASCII.GetBytes(text), out EchTunnelMessage message));
        Assert.Equal(EchTunnelMessageType.Unknown, message.Type);
    }

    [Theory]
    [InlineData("DATA:")]
    [InlineData("DATA:" + Id)]
    [InlineData("DATA:" + Id + "x|")]
    [InlineData("DATA:0f8fad5b-d9cb-469f-a165-70867728950|abc")]
    [InlineData("DATA:0f8fad5bd9cb469fa16570867728950e0000|abc")]
    [InlineData("DATA:{0f8fad5b-d9cb-469f-a165-70867728950}|")]
    [InlineData("DATA: 0f8fad5b-d9cb-469f-a165-70867728950e|")]
    [InlineData("TCP:" + Id)]
    [InlineData("CLOSE:" + Id + "|")]
    [InlineData("CONNECTED:" + Id + "\n")]
    [InlineData("CLAIM:|0")]
    public void Known_words_need_an_id_and_their_bar(string text) => Assert.False(EchTunnelMessage.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("example.com")]
    [InlineData("example.com:")]
    [InlineData("example.com:65536")]
    [InlineData(":80")]
    [InlineData("")]
    [InlineData("2001:db8::1:53")]
    [InlineData("a b:80")]
    [InlineData("a\0b:80")]
    public void What_is_not_an_address_is_not_read(string text) => Assert.False(EchTunnelAddress.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Addresses_of_hostile_length_are_not_read()
    {
        Assert.True(EchTunnelAddress.TryRead(Encoding.ASCII.GetBytes(new string('a', 255) + ":65535"), out _));
        Assert.False(EchTunnelAddress.TryRead(Encoding.ASCII.GetBytes(new string('a', 256) + ":80"), out _));
        Assert.False(EchTunnelAddress.TryRead(Encoding.ASCII.GetBytes(new string('a', 1 << 20)), out _));
        Assert.False(EchTunnelAddress.TryRead([0xff, 0xfe, (byte)':', (byte)'8'], out _));
    }

    [Fact]
    public void A_sealed_connect_is_the_frame_printed_in_the_protocol_text()
    {
        byte[] head = new byte[TunnelConnect.MaxHeadLength];
        int length = TunnelConnect.WriteHead(head, TunnelConnectKind.Tcp, Destination.FromAddress(System.Net.IPAddress.Loopback, 80));
        byte[] frame = new byte[100];
        using TunnelFrameSealer sealer = TunnelFrameSealer.Unprotected();
        int written = sealer.Seal(TunnelFrameType.Connect, 1, head.AsSpan(0, length), "hi"u8, frame);
        Assert.Equal("0200000001000B" + "01" + "01047F0000010050" + "6869", Convert.ToHexString(frame, 0, written));
    }

    [Fact]
    public void Every_prefix_of_a_message_is_read_without_fault()
    {
        byte[] whole = Encoding.ASCII.GetBytes($"UDP_CONNECTED:{Id}");
        for (int length = 0; length < whole.Length; length++)
        {
            bool read = EchTunnelMessage.TryRead(whole.AsSpan(0, length), out EchTunnelMessage message);
            Assert.True(!read || message.Type == EchTunnelMessageType.Unknown);
        }
    }
}
