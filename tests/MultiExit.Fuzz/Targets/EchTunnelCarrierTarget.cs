using System.Collections.Concurrent;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Fuzz.Targets;

/// <summary>A carrier of the ECH tunnel in both roles; each line of the input is a message. Outcomes: it ends with a violation that is
/// named, or an <see cref="IOException"/>.</summary>
internal static class EchTunnelCarrierTarget
{
    private static readonly Guid Known = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly Destination Somewhere = Destination.FromAddress(System.Net.IPAddress.Loopback, 80);

    public static FuzzTarget Target => new("ech-tunnel-carrier", Run) { MaxLength = 1500, Words = EchTunnelMessageTarget.Target.Words };

    private static void Run(ReadOnlySpan<byte> input)
    {
        byte[] fromClient = Frames(input, masked: true), fromServer = Frames(input, masked: false);
        foreach (int piece in (ReadOnlySpan<int>)[4096, 7])
        {
            Serve(fromClient, piece);
            Waiting.For(ConnectAsync(fromServer, piece), "a client's carrier");
        }
    }

    private static byte[] Frames(ReadOnlySpan<byte> input, bool masked)
    {
        List<byte> frames = [];
        Span<byte> head = stackalloc byte[WebSocketFrameHeader.MaxSize];
        foreach (Range range in input.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> message = input[range];
            frames.AddRange(head[..WebSocketFrameHeader.Write(head, WebSocketOpcode.Binary, message.Length, masked ? 0 : null)]);
            frames.AddRange(message);
        }
        return [.. frames];
    }

    private static void Serve(byte[] input, int piece)
    {
        using MemoryDuplex stream = new(input, piece);
        ConcurrentDictionary<Guid, EchTunnelServerCarrier> ids = new();
        EchTunnelServerCarrier carrier = new(Socket(stream, isServer: true), ids, new TunnelSessionOptions { MaxStreams = 4 },
            StillTime.Instance, _ => { }, Accept);
        Waiting.For(carrier.RunAsync(), "a server's carrier");
        Check(carrier);
    }

    private static async Task ConnectAsync(byte[] input, int piece)
    {
        using MemoryDuplex stream = new(input, piece);
        EchTunnelClientCarrier carrier = new(Socket(stream, isServer: false), 0, new TunnelSessionOptions { MaxStreams = 4 },
            StillTime.Instance, _ => { });
        EchTunnelStream session = await carrier.OpenAsync(Known, Somewhere, default, null, CancellationToken.None).ConfigureAwait(false);
        await carrier.RunAsync().ConfigureAwait(false);
        Check(carrier);
        await session.DisposeAsync().ConfigureAwait(false);
    }

    private static WebSocketConnection Socket(MemoryDuplex stream, bool isServer) => new(stream,
        new WebSocketOptions { IsServer = isServer }, StillTime.Instance);

    private static Task Accept(EchTunnelOpen open) => Task.CompletedTask;

    private static void Check(EchTunnelCarrier carrier) =>
        Claim.That(carrier.Failure is ProxyException { Reason: ProxyError.ProtocolViolation } or IOException,
            $"a carrier ended with {carrier.Failure}");
}
