using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.Tests.Protocols.WebSocket;

public sealed class WebSocketFrameHeaderTests
{
    [Theory]
    [InlineData("8105", false, 1, true, 0u, 5L)]
    [InlineData("818537FA213D", true, 1, true, 0x3D21FA37u, 5L)]
    [InlineData("0103", false, 1, false, 0u, 3L)]
    [InlineData("8002", false, 0, true, 0u, 2L)]
    [InlineData("827E0100", false, 2, true, 0u, 256L)]
    [InlineData("827E007E", false, 2, true, 0u, 126L)]
    [InlineData("827F0000000000010000", false, 2, true, 0u, 65536L)]
    [InlineData("827F7FFFFFFFFFFFFFFF", false, 2, true, 0u, long.MaxValue)]
    [InlineData("897D", false, 9, true, 0u, 125L)]
    public void Reads_a_head_however_it_is_cut(string hex, bool masked, byte opcode, bool final, uint mask, long length)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int count = 0; count < bytes.Length; count++)
            Assert.Equal(ParseStatus.NeedMore, WebSocketFrameHeader.TryParse(bytes.AsSpan(0, count), masked, out _, out _, out _));
        Assert.Equal(ParseStatus.Ok, WebSocketFrameHeader.TryParse([.. bytes, 1, 2], masked, out WebSocketFrameHeader header, out int size, out _));
        Assert.Equal(bytes.Length, size);
        Assert.Equal(new WebSocketFrameHeader((WebSocketOpcode)opcode, final, mask, length), header);
    }

    [Theory]
    [InlineData("C105", false, "a frame has a reserved bit set")]
    [InlineData("A105", false, "a frame has a reserved bit set")]
    [InlineData("9105", false, "a frame has a reserved bit set")]
    [InlineData("8305", false, "a frame has a reserved opcode")]
    [InlineData("8700", false, "a frame has a reserved opcode")]
    [InlineData("8B00", false, "a frame has a reserved opcode")]
    [InlineData("8F00", false, "a frame has a reserved opcode")]
    [InlineData("0900", false, "a control frame is fragmented")]
    [InlineData("0800", false, "a control frame is fragmented")]
    [InlineData("897E", false, "a control frame is longer than 125 bytes")]
    [InlineData("88FF", true, "a control frame is longer than 125 bytes")]
    [InlineData("8105", true, "a client's frame is not masked")]
    [InlineData("8185", false, "a server's frame is masked")]
    [InlineData("827F8000000000000000", false, "a frame's length has its top bit set")]
    [InlineData("827E007D", false, "a frame's length is not written in the shortest form")]
    [InlineData("827F000000000000FFFF", false, "a frame's length is not written in the shortest form")]
    public void Refuses_what_no_peer_may_send(string hex, bool masked, string text)
    {
        Assert.Equal(ParseStatus.Invalid, WebSocketFrameHeader.TryParse(Convert.FromHexString(hex), masked, out _, out _, out WebSocketFault fault));
        Assert.Equal(WebSocketFault.Protocol(text), fault);
    }

    [Theory]
    [InlineData(0, "8200")]
    [InlineData(125, "827D")]
    [InlineData(126, "827E007E")]
    [InlineData(65535, "827EFFFF")]
    [InlineData(65536, "827F0000000000010000")]
    public void Writes_the_shortest_form(int payload, string hex)
    {
        byte[] target = new byte[WebSocketFrameHeader.MaxSize];
        Assert.Equal(hex, Convert.ToHexString(target, 0, WebSocketFrameHeader.Write(target, WebSocketOpcode.Binary, payload, null)));
        int size = WebSocketFrameHeader.Write(target, WebSocketOpcode.Binary, payload, 0x04030201);
        Assert.Equal("01020304", Convert.ToHexString(target, size - 4, 4));
        Assert.Equal(ParseStatus.Ok, WebSocketFrameHeader.TryParse(target, true, out WebSocketFrameHeader header, out int read, out _));
        Assert.Equal((size, payload, 0x04030201u), (read, (int)header.Length, header.Mask));
    }

    [Fact]
    public void Frames_of_a_message_come_in_order()
    {
        WebSocketFrameReader reader = new(masked: false);
        Assert.Equal(ParseStatus.Ok, reader.Read([0x01, 0], out _, out _, out _));
        Assert.True(reader.IsInMessage);
        Assert.Equal(ParseStatus.Ok, reader.Read([0x89, 0], out _, out _, out _)); // a ping between the fragments
        WebSocketFrameReader other = reader;
        Assert.Equal(ParseStatus.Invalid, other.Read([0x82, 0], out _, out _, out WebSocketFault fault));
        Assert.Equal("a message begins before the last one has ended", fault.Text);
        Assert.Equal(ParseStatus.Ok, reader.Read([0x80, 0], out _, out _, out _));
        Assert.Equal(WebSocketOpcode.Text, reader.MessageOpcode);
        Assert.Equal(ParseStatus.Invalid, reader.Read([0x80, 0], out _, out _, out fault));
        Assert.Equal("a frame goes on with a message that was not begun", fault.Text);
    }

    [Fact]
    public void Masks_any_length_at_any_place_and_in_place()
    {
        byte[] plain = new byte[300];
        new Random(1).NextBytes(plain);
        const uint Mask = 0xA1B2C3D4;
        for (int length = 0; length < plain.Length; length += 7)
        {
            byte[] expected = [.. plain[..length].Select((value, index) => (byte)(value ^ (Mask >> (8 * (index % 4)))))];
            byte[] masked = new byte[length];
            int cut = length / 3;
            WebSocketMask.Apply(plain.AsSpan(0, cut), masked, Mask);
            WebSocketMask.Apply(plain.AsSpan(cut, length - cut), masked.AsSpan(cut), WebSocketMask.Advance(Mask, cut));
            Assert.Equal(expected, masked);
            byte[] shifted = [9, 9, 9, .. masked]; // the target overlaps and lies before the source
            WebSocketMask.Apply(shifted.AsSpan(3), shifted, Mask);
            Assert.Equal(plain[..length], shifted[..length]);
        }
    }

    [Theory]
    [InlineData("", 1005, "")]
    [InlineData("03E8", 1000, "")]
    [InlineData("03EB627965", 1003, "bye")]
    [InlineData("0BB8", 3000, "")]
    [InlineData("1387", 4999, "")]
    public void Reads_a_close(string hex, int code, string reason)
    {
        WebSocketFault fault = WebSocketClosePayload.Parse(Convert.FromHexString(hex), out WebSocketCloseCode read, out string words);
        Assert.True(fault.IsNone);
        Assert.Equal((code, reason), ((int)read, words));
    }

    [Theory]
    [InlineData("03", 1002)]
    [InlineData("0000", 1002)]
    [InlineData("03E7", 1002)]
    [InlineData("03EC", 1002)]
    [InlineData("03ED", 1002)]
    [InlineData("03EE", 1002)]
    [InlineData("03F7", 1002)]
    [InlineData("07CF", 1002)]
    [InlineData("1388", 1002)]
    [InlineData("03E8FF", 1007)]
    [InlineData("03E8C3", 1007)]
    public void Refuses_a_faulty_close(string hex, int code) =>
        Assert.Equal(code, (int)WebSocketClosePayload.Parse(Convert.FromHexString(hex), out _, out _).Code);

    [Fact]
    public void Writes_a_close_and_never_a_code_that_is_none()
    {
        byte[] target = new byte[WebSocketFrameHeader.MaxControlPayload];
        Assert.Equal("03EA6F", Convert.ToHexString(target, 0, WebSocketClosePayload.Write(target, WebSocketCloseCode.ProtocolError, "o")));
        Assert.Equal(0, WebSocketClosePayload.Write(target, WebSocketCloseCode.None, "o"));
        Assert.Throws<ArgumentOutOfRangeException>(() => WebSocketClosePayload.Write(target, WebSocketCloseCode.Abnormal, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => WebSocketClosePayload.Write(target, WebSocketCloseCode.TlsFailure, ""));
        // Cut between characters: 123 bytes hold 61 of two bytes each.
        Assert.Equal(2 + 122, WebSocketClosePayload.Write(target, WebSocketCloseCode.Normal, new string('\u00e9', 100)));
    }

    [Fact]
    public void The_key_of_the_standard_has_its_answer() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketKey.Accept("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", true)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZTEx", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZ!==", false)]
    [InlineData("", false)]
    public void A_key_is_16_bytes_in_base64(string key, bool valid) =>
        Assert.Equal(valid, WebSocketKey.IsValid(System.Text.Encoding.ASCII.GetBytes(key)));
}
