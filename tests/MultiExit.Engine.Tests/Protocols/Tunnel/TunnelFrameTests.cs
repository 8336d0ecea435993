using System.Buffers.Binary;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

public sealed class TunnelFrameTests
{
    /// <summary>Every method, without and with padding.</summary>
    public static TheoryData<byte, ushort> Modes => new() { { 1, 0 }, { 1, 1 }, { 2, 0 }, { 2, 1 }, { 3, 0 }, { 3, 1 } };

    /// <summary>The modes that authenticate frames themselves.</summary>
    public static TheoryData<byte, ushort> AeadModes => new() { { 1, 0 }, { 1, 1 }, { 2, 0 }, { 2, 1 } };

    [Theory]
    [MemberData(nameof(Modes))]
    public void Any_payload_size_comes_back_over_re_keys(byte method, ushort flags)
    {
        using TunnelFrameSealer sealer = TestTunnel.Sealer((TunnelMethod)method, (TunnelFlags)flags, rekeyInterval: 3);
        using TunnelFrameOpener opener = TestTunnel.Opener((TunnelMethod)method, (TunnelFlags)flags, rekeyInterval: 3);
        var random = new Random(7);
        int[] sizes = [0, 1, 15, 16, 17, 127, 128, 1400, TunnelWire.MaxPayload - 1, TunnelWire.MaxPayload];
        for (int i = 0; i < 40; i++)
        {
            byte[] payload = new byte[sizes[i % sizes.Length]];
            random.NextBytes(payload);
            byte[] frame = sealer.Seal(TunnelFrameType.Data, 1, payload);
            Assert.Equal(ParseStatus.Ok, opener.TryReadHeader(frame, out _, out int length));
            Assert.Equal(frame.Length, length);
            Assert.InRange(length, 0, TunnelWire.MaxFrame);
            (TunnelOpenStatus status, byte[] opened) = opener.Open(frame);
            Assert.Equal(TunnelOpenStatus.Ok, status);
            Assert.Equal(payload, opened);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void In_place_and_in_pieces_give_the_same_frame(byte method, ushort flags)
    {
        var (m, f) = ((TunnelMethod)method, (TunnelFlags)flags);
        TunnelRandom random = target => target.Fill(0x85);
        using TunnelFrameSealer whole = TestTunnel.Sealer(m, f, random: random);
        using TunnelFrameSealer inPlace = TestTunnel.Sealer(m, f, random: random);
        using TunnelFrameSealer pieces = TestTunnel.Sealer(m, f, random: random);
        using TunnelFrameOpener opener = TestTunnel.Opener(m, f);
        byte[] payload = new byte[1000];
        new Random(1).NextBytes(payload);
        byte[] expected = whole.Seal(TunnelFrameType.Data, 1, payload);

        byte[] buffer = new byte[inPlace.GetMaxFrameLength(payload.Length)];
        Span<byte> place = buffer.AsSpan(TunnelFrameSealer.PayloadOffset, payload.Length);
        payload.CopyTo(place);
        int length = inPlace.Seal(TunnelFrameType.Data, 1, place, buffer);
        Assert.Equal(expected, buffer[..length]);

        byte[] second = new byte[buffer.Length];
        place = second.AsSpan(TunnelFrameSealer.PayloadOffset, 300);
        payload.AsSpan(0, 300).CopyTo(place);
        Assert.Equal(length, pieces.Seal(TunnelFrameType.Data, 1, place, payload.AsSpan(300), second));
        Assert.Equal(expected, second[..length]);

        Assert.Equal(TunnelOpenStatus.Ok, opener.Open(buffer.AsSpan(0, length), buffer.AsSpan(TunnelWire.HeaderLength), out int opened));
        Assert.Equal(payload, buffer.AsSpan(TunnelWire.HeaderLength, opened).ToArray());
    }

    [Theory]
    [MemberData(nameof(AeadModes))]
    public void Every_flipped_bit_is_refused(byte method, ushort flags)
    {
        var (m, f) = ((TunnelMethod)method, (TunnelFlags)flags);
        using TunnelFrameSealer sealer = TestTunnel.Sealer(m, f, random: target => target.Fill(3));
        byte[] frame = sealer.Seal(TunnelFrameType.Data, 5, "payload"u8);
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            using TunnelFrameOpener opener = TestTunnel.Opener(m, f);
            byte[] flipped = [.. frame];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(opener.IsTaken(flipped), $"bit {bit}");
        }
        using TunnelFrameOpener intact = TestTunnel.Opener(m, f);
        Assert.True(intact.IsTaken(frame));
    }

    [Theory]
    [MemberData(nameof(AeadModes))]
    public void The_hmac_covers_the_tag_and_the_tag_the_body_of_which_no_plaintext_is_left(byte method, ushort flags)
    {
        var (m, f) = ((TunnelMethod)method, (TunnelFlags)flags);
        using TunnelFrameSealer sealer = TestTunnel.Sealer(m, f);
        byte[] frame = sealer.Seal(TunnelFrameType.Data, 5, "payload"u8);
        byte[] body = [.. frame], tag = [.. frame];
        body[TunnelWire.HeaderLength] ^= 1;
        tag[^(TunnelWire.MacLength + 1)] ^= 1;

        using TunnelFrameOpener first = TestTunnel.Opener(m, f);
        byte[] plaintext = new byte[frame.Length];
        Assert.Equal(TunnelOpenStatus.BadTag, first.Open(body, plaintext, out int length));
        Assert.Equal(0, length);
        Assert.Equal(new byte[frame.Length], plaintext);
        using TunnelFrameOpener second = TestTunnel.Opener(m, f);
        Assert.Equal(TunnelOpenStatus.BadMac, second.Open(tag).Status);
    }

    [Theory]
    [MemberData(nameof(AeadModes))]
    public void Truncated_frames_wait_and_are_not_opened(byte method, ushort flags)
    {
        var (m, f) = ((TunnelMethod)method, (TunnelFlags)flags);
        using TunnelFrameSealer sealer = TestTunnel.Sealer(m, f);
        byte[] frame = sealer.Seal(TunnelFrameType.Data, 5, "payload"u8);
        for (int length = 0; length < frame.Length; length++)
        {
            using TunnelFrameOpener opener = TestTunnel.Opener(m, f);
            ParseStatus status = opener.TryReadHeader(frame.AsSpan(0, length), out _, out int whole);
            Assert.Equal(length < TunnelWire.HeaderLength ? ParseStatus.NeedMore : ParseStatus.Ok, status);
            Assert.Equal(length < TunnelWire.HeaderLength ? 0 : frame.Length, whole);
            Assert.Equal(TunnelOpenStatus.BadHeader, opener.Open(frame.AsSpan(0, length)).Status);
        }
    }

    [Theory]
    [MemberData(nameof(AeadModes))]
    public void Frames_repeated_left_out_or_of_the_other_direction_are_refused_for_good(byte method, ushort flags)
    {
        var (m, f) = ((TunnelMethod)method, (TunnelFlags)flags);
        using TunnelFrameSealer sealer = TestTunnel.Sealer(m, f);
        byte[] first = sealer.Seal(TunnelFrameType.Data, 1, "one"u8);
        byte[] second = sealer.Seal(TunnelFrameType.Data, 1, "two"u8);

        using TunnelFrameOpener repeated = TestTunnel.Opener(m, f);
        Assert.Equal(TunnelOpenStatus.Ok, repeated.Open(first).Status);
        Assert.Equal(TunnelOpenStatus.BadMac, repeated.Open(first).Status);
        Assert.Equal(TunnelOpenStatus.BadMac, repeated.Open(second).Status);

        using TunnelFrameOpener leftOut = TestTunnel.Opener(m, f);
        Assert.Equal(TunnelOpenStatus.BadMac, leftOut.Open(second).Status);
        Assert.Equal(TunnelOpenStatus.BadMac, leftOut.Open(first).Status);

        using var other = new TunnelFrameOpener(m, f, TestTunnel.Keys(TunnelDirection.ServerToClient));
        Assert.Equal(TunnelOpenStatus.BadMac, other.Open(first).Status);
    }

    [Theory]
    [InlineData(3, 1u, 16528, ParseStatus.Ok)]
    [InlineData(3, 1u, 16529, ParseStatus.Invalid)]
    [InlineData(3, 1u, 65535, ParseStatus.Invalid)]
    [InlineData(3, 1u, 16, ParseStatus.Ok)]
    [InlineData(3, 1u, 15, ParseStatus.Invalid)]
    [InlineData(3, 0u, 16, ParseStatus.Invalid)]
    [InlineData(3, 2u, 16, ParseStatus.Invalid)]
    [InlineData(8, 0u, 24, ParseStatus.Ok)]
    [InlineData(8, 1u, 24, ParseStatus.Invalid)]
    [InlineData(12, 0u, 20, ParseStatus.Ok)]
    [InlineData(0, 1u, 16, ParseStatus.Invalid)]
    [InlineData(1, 1u, 16, ParseStatus.Invalid)]
    [InlineData(13, 0u, 16, ParseStatus.Invalid)]
    [InlineData(255, 1u, 16, ParseStatus.Invalid)]
    public void A_header_needs_a_known_type_its_kind_of_stream_and_a_length_in_range(byte type, uint streamId, int bodyLength, object expected)
    {
        byte[] bytes = new byte[TunnelWire.HeaderLength];
        bytes[0] = type;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), streamId);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(5), (ushort)bodyLength);
        using TunnelFrameOpener opener = TestTunnel.Opener(TunnelMethod.Aes256Gcm, TunnelFlags.None);
        Assert.Equal(expected, opener.TryReadHeader(bytes, out _, out int frameLength));
        Assert.Equal((ParseStatus)expected == ParseStatus.Ok ? 7 + bodyLength + 4 : 0, frameLength);
    }

    [Theory]
    [InlineData("", TunnelOpenStatus.BadHeader)]
    [InlineData("00", TunnelOpenStatus.Ok)]
    [InlineData("01", TunnelOpenStatus.BadPadding)]
    [InlineData("0100", TunnelOpenStatus.Ok)]
    [InlineData("ff", TunnelOpenStatus.BadPadding)]
    public void Padding_is_checked(string plaintext, object expected)
    {
        using TunnelFrameSealer sealer = TestTunnel.Sealer(TunnelMethod.ChaCha20Poly1305, TunnelFlags.None);
        using TunnelFrameOpener opener = TestTunnel.Opener(TunnelMethod.ChaCha20Poly1305, TunnelFlags.Padding);
        (TunnelOpenStatus status, byte[] payload) = opener.Open(sealer.Seal(TunnelFrameType.Data, 1, Convert.FromHexString(plaintext)));
        Assert.Equal(expected, status);
        Assert.Empty(payload);
    }

    [Fact]
    public void A_pad_length_above_127_is_refused_even_when_there_is_so_much()
    {
        byte[] plaintext = new byte[200];
        plaintext[0] = 128;
        using TunnelFrameSealer sealer = TestTunnel.Sealer(TunnelMethod.TlsOnly, TunnelFlags.None);
        using TunnelFrameOpener opener = TestTunnel.Opener(TunnelMethod.TlsOnly, TunnelFlags.Padding);
        Assert.Equal(TunnelOpenStatus.BadPadding, opener.Open(sealer.Seal(TunnelFrameType.Data, 1, plaintext)).Status);
    }

    [Fact]
    public void A_payload_above_the_limit_is_refused()
    {
        byte[] frame = new byte[TunnelWire.HeaderLength + TunnelWire.MaxPayload + 1];
        new TunnelFrameHeader(TunnelFrameType.Data, 1, TunnelWire.MaxPayload + 1).Write(frame);
        using TunnelFrameOpener opener = TestTunnel.Opener(TunnelMethod.TlsOnly, TunnelFlags.None);
        Assert.Equal(TunnelOpenStatus.TooLarge, opener.Open(frame).Status);
    }

    [Fact]
    public void A_refused_seal_takes_no_number()
    {
        using TunnelFrameSealer sealer = TestTunnel.Sealer(TunnelMethod.Aes256Gcm, TunnelFlags.None);
        using TunnelFrameOpener opener = TestTunnel.Opener(TunnelMethod.Aes256Gcm, TunnelFlags.None);
        byte[] room = new byte[TunnelWire.MaxFrame];
        Assert.Throws<ArgumentOutOfRangeException>(() => sealer.Seal(TunnelFrameType.Data, 1, new byte[TunnelWire.MaxPayload + 1], room));
        Assert.Throws<ArgumentException>(() => sealer.Seal(TunnelFrameType.Data, 2, [], room));
        Assert.Throws<ArgumentException>(() => sealer.Seal(TunnelFrameType.Data, 1, [], room.AsSpan(0, 26)));
        Assert.Equal(TunnelOpenStatus.Ok, opener.Open(sealer.Seal(TunnelFrameType.Data, 1, [])).Status);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Frames_allocate_nothing(byte method, ushort flags)
    {
        using TunnelFrameSealer sealer = TestTunnel.Sealer((TunnelMethod)method, (TunnelFlags)flags);
        using TunnelFrameOpener opener = TestTunnel.Opener((TunnelMethod)method, (TunnelFlags)flags);
        byte[] payload = new byte[1400];
        byte[] frame = new byte[TunnelWire.MaxFrame];
        byte[] opened = new byte[TunnelWire.MaxBody];
        long before = 0;
        for (int i = 0; i < 300; i++)
        {
            // The first frames set up the state that is kept.
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            int length = sealer.Seal(TunnelFrameType.Data, 1, payload, frame);
            if (opener.Open(frame.AsSpan(0, length), opened, out _) != TunnelOpenStatus.Ok) Assert.Fail("not opened");
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);
    }
}
