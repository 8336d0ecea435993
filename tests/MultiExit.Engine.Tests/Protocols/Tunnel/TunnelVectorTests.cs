using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

public sealed class TunnelVectorTests
{
    public static TheoryData<int> SequenceIndexes => new(Enumerable.Range(0, TunnelVectors.All.Sequences.Length));

    [Fact]
    public void Pre_shared_keys_derive_the_keys_of_the_vectors()
    {
        Assert.Equal(3, TunnelVectors.All.Psks.Length);
        foreach (TunnelVectors.Psk vector in TunnelVectors.All.Psks)
        {
            using TunnelPsk psk = TestTunnel.Psk(vector.Text);
            Assert.Equal(vector.Master, Convert.ToHexStringLower(psk.Master));
            Assert.Equal(vector.HandshakeKey, Convert.ToHexStringLower(psk.HandshakeKey));
        }
    }

    [Fact]
    public void Handshakes_are_written_and_read_as_in_the_vectors()
    {
        using TunnelPsk psk = TunnelVectors.All.CreatePsk();
        Assert.Equal(6, TunnelVectors.All.Handshakes.Length);
        foreach (TunnelVectors.Handshake vector in TunnelVectors.All.Handshakes)
        {
            byte[] client = new byte[TunnelHandshake.Length];
            byte[] server = new byte[TunnelHandshake.Length];
            TunnelHandshake.WriteClient(client, psk, vector.ClientHello);
            TunnelHandshake.WriteServer(server, psk, client, vector.ServerHello);
            Assert.Equal(vector.ClientMessage, Convert.ToHexStringLower(client));
            Assert.Equal(vector.ServerMessage, Convert.ToHexStringLower(server));

            Assert.Equal(TunnelHandshakeStatus.Ok, TunnelHandshake.ReadClient(client, psk, vector.ServerTime, out TunnelHello hello));
            Assert.Equal(vector.ClientHello, hello);
            Assert.Equal(TunnelHandshakeStatus.Ok, TunnelHandshake.ReadServer(server, psk, client, out hello));
            Assert.Equal(vector.ServerHello, hello);
        }
    }

    [Theory]
    [InlineData("c2s")]
    [InlineData("s2c")]
    public void The_first_epochs_have_the_keys_of_the_vectors(string direction)
    {
        TunnelVectors.Keys[] epochs = [.. TunnelVectors.All.Epochs.Where(keys => keys.Direction == direction)];
        Assert.Equal(3, epochs.Length);
        using TunnelKeys keys = TunnelVectors.All.CreateKeys(direction);
        foreach (TunnelVectors.Keys epoch in epochs)
        {
            Assert.Equal(epoch.Encryption, Convert.ToHexStringLower(keys.EncryptionKey));
            Assert.Equal(epoch.Authentication, Convert.ToHexStringLower(keys.AuthenticationKey));
            byte[] nonce = new byte[TunnelKeys.NonceLength];
            keys.WriteNonce(nonce, 0);
            Assert.Equal(epoch.IvSeed[..24], Convert.ToHexStringLower(nonce));
            keys.Advance();
        }
    }

    [Theory]
    [MemberData(nameof(SequenceIndexes))]
    public void Frames_are_sealed_and_opened_as_in_the_vectors(int index)
    {
        TunnelVectors.Sequence sequence = TunnelVectors.All.Sequences[index];
        var (method, flags) = ((TunnelMethod)sequence.Method, (TunnelFlags)sequence.Flags);
        byte[] padding = [];
        using var sealer = new TunnelFrameSealer(
            method, flags, TunnelVectors.All.CreateKeys(sequence.Direction), sequence.RekeyInterval, target => padding.CopyTo(target));
        using var opener = new TunnelFrameOpener(
            method, flags, TunnelVectors.All.CreateKeys(sequence.Direction), sequence.RekeyInterval);
        foreach (TunnelVectors.Frame vector in sequence.Frames)
        {
            padding = Convert.FromHexString(vector.Padding ?? "");
            byte[] frame = sealer.Seal((TunnelFrameType)vector.Type, vector.StreamId, Convert.FromHexString(vector.Payload));
            Assert.Equal(vector.Bytes, Convert.ToHexStringLower(frame));

            Assert.Equal(ParseStatus.Ok, opener.TryReadHeader(frame, out TunnelFrameHeader header, out int length));
            Assert.Equal(((TunnelFrameType)vector.Type, vector.StreamId, frame.Length), (header.Type, header.StreamId, length));
            (TunnelOpenStatus status, byte[] payload) = opener.Open(frame);
            Assert.Equal(TunnelOpenStatus.Ok, status);
            Assert.Equal(vector.Payload, Convert.ToHexStringLower(payload));
        }
    }

    [Fact]
    public void Every_method_type_and_flag_has_a_vector()
    {
        var seen = TunnelVectors.All.Sequences.SelectMany(s => s.Frames.Select(f => (s.Method, s.Flags, f.Type))).Distinct();
        Assert.Equal(3 * 2 * 11, seen.Count());
    }

    [Fact]
    public void Payloads_are_written_as_in_the_vectors()
    {
        AssertPayload("CONNECT tcp example.com:443, first data", target =>
        {
            int length = TunnelConnect.WriteHead(target, TunnelConnectKind.Tcp, Address("example.com:443"));
            "hello"u8.CopyTo(target[length..]);
            return length + 5;
        });
        AssertPayload("CONNECT udp 0.0.0.0:0",
            target => TunnelConnect.WriteHead(target, TunnelConnectKind.Udp, Address("0.0.0.0:0")));
        AssertPayload("CONNECT tcp 192.0.2.1:80, no data",
            target => TunnelConnect.WriteHead(target, TunnelConnectKind.Tcp, Address("192.0.2.1:80")));
        AssertPayload("DATAGRAM to [2001:db8::1]:53", target =>
        {
            int length = TunnelDatagram.WriteHead(target, Address("[2001:db8::1]:53"));
            "query"u8.CopyTo(target[length..]);
            return length + 5;
        });
        AssertPayload("CONNECTED succeeded, bound 192.0.2.1:40000",
            target => TunnelConnected.Write(target, Socks5Reply.Succeeded, Address("192.0.2.1:40000")));
        AssertPayload("CONNECTED connection refused",
            target => TunnelConnected.Write(target, Socks5Reply.ConnectionRefused, Address("0.0.0.0:0")));
        AssertPayload("WINDOW 65536", target => TunnelControl.WriteWindow(target, 65536));
        AssertPayload("RESET cancelled", target => TunnelControl.WriteReset(target, TunnelResetCode.Cancelled));
        AssertPayload("PING", target => TunnelControl.WritePing(target, 0x0102030405060708));
        AssertPayload("GOAWAY after stream 5", target => TunnelControl.WriteGoAway(target, 5));
    }

    private static Destination Address(string text)
    {
        Assert.True(Destination.TryParse(text, -1, out Destination? address));
        return address;
    }

    private delegate int Writer(Span<byte> target);

    private static void AssertPayload(string note, Writer write)
    {
        string expected = TunnelVectors.All.Sequences.SelectMany(s => s.Frames).First(f => f.Note == note).Payload;
        byte[] target = new byte[300];
        Assert.Equal(expected, Convert.ToHexStringLower(target[..write(target)]));
    }
}
