using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>The other end of a carrier, frame by frame, as a test writes it.</summary>
internal sealed class RawPeer(DuplexStream stream, TunnelFrameSealer sealer, TunnelFrameOpener opener) : IDisposable
{
    private readonly byte[] _buffer = new byte[4 * TunnelWire.MaxFrame];
    private int _start;
    private int _end;

    public DuplexStream Stream => stream;

    /// <summary>A session and a raw peer in front of it.</summary>
    /// <param name="accept">Serves streams: the session is a server. Null: it is a client.</param>
    /// <param name="options">The session's options.</param>
    /// <param name="method">The method of both.</param>
    /// <param name="time">The session's clock.</param>
    public static (TunnelSession Session, RawPeer Peer) Create(
        Func<TunnelOpen, Task>? accept, TunnelSessionOptions? options = null, TunnelMethod method = TunnelMethod.TlsOnly, TimeProvider? time = null)
    {
        DuplexPair pair = new();
        (TunnelDirection own, TunnelDirection other) = accept is null
            ? (TunnelDirection.ClientToServer, TunnelDirection.ServerToClient)
            : (TunnelDirection.ServerToClient, TunnelDirection.ClientToServer);
        TunnelSession session = new(
            pair.Left, new(method, TunnelFlags.None, TestTunnel.Keys(own)), new(method, TunnelFlags.None, TestTunnel.Keys(other)),
            options ?? new TunnelSessionOptions(), time ?? TimeProvider.System, accept);
        _ = session.RunAsync();
        RawPeer peer = new(
            pair.Right, new(method, TunnelFlags.None, TestTunnel.Keys(other)), new(method, TunnelFlags.None, TestTunnel.Keys(own)));
        return (session, peer);
    }

    public byte[] Seal(TunnelFrameType type, uint id, params byte[] payload) => sealer.Seal(type, id, payload);

    public Task SendAsync(TunnelFrameType type, uint id, params byte[] payload) => SendRawAsync(Seal(type, id, payload));

    public Task SendRawAsync(params byte[] bytes) => stream.WriteAsync(bytes).AsTask().WaitAsync(TestTransports.Patience);

    public Task ConnectAsync(uint id, Destination destination, params byte[] first) => SendAsync(TunnelFrameType.Connect, id, Connect(destination, first));

    public static byte[] Connect(Destination destination, params byte[] first)
    {
        byte[] head = new byte[TunnelConnect.MaxHeadLength];
        return [.. head[..TunnelConnect.WriteHead(head, TunnelConnectKind.Tcp, destination)], .. first];
    }

    /// <summary>The answer to CONNECT.</summary>
    public Task AnswerAsync(uint id, byte reply = 0) => SendAsync(TunnelFrameType.Connected, id, reply, 1, 4, 0, 0, 0, 0, 0, 0);

    /// <summary>The next frame other than PING.</summary>
    public async Task<(TunnelFrameType Type, uint Id, byte[] Payload)> ReceiveAsync()
    {
        while (true)
        {
            (TunnelFrameType Type, uint Id, byte[] Payload) frame = await ReceiveAnyAsync();
            if (frame.Type != TunnelFrameType.Ping) return frame;
        }
    }

    public async Task<(TunnelFrameType Type, uint Id, byte[] Payload)> ReceiveAnyAsync()
    {
        while (true)
        {
            ParseStatus status = opener.TryReadHeader(_buffer.AsSpan(_start, _end - _start), out TunnelFrameHeader header, out int length);
            Assert.NotEqual(ParseStatus.Invalid, status);
            if (status == ParseStatus.Ok && _end - _start >= length)
            {
                (TunnelOpenStatus opened, byte[] payload) = opener.Open(_buffer.AsSpan(_start, length));
                Assert.Equal(TunnelOpenStatus.Ok, opened);
                _start += length;
                return (header.Type, header.StreamId, payload);
            }
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            int read = await stream.ReadAsync(_buffer.AsMemory(_end)).AsTask().WaitAsync(TestTransports.Patience);
            if (read == 0) throw new EndOfStreamException();
            _end += read;
        }
    }

    public void Dispose()
    {
        sealer.Dispose();
        opener.Dispose();
        stream.Dispose();
    }
}
