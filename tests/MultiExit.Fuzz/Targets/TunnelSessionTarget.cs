using System.Net;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Fuzz.Targets;

/// <summary>A carrier of the tunnel with its streams, in both roles, without frame protection. Outcomes: it ends with a violation that is
/// named, or an <see cref="IOException"/>.</summary>
internal static class TunnelSessionTarget
{
    private static readonly Destination Somewhere = Destination.FromAddress(IPAddress.Loopback, 80);

    public static FuzzTarget Target => new("tunnel-session", Run)
    {
        MaxLength = 1024,
        Words =
        [
            @"\x02\x00\x00\x00\x01\x00\x09\x01\x01\x04\x7f\x00\x00\x01\x00\x50",
            @"\x02\x00\x00\x00\x03\x00\x09\x02\x01\x04\x00\x00\x00\x00\x00\x00", @"\x03\x00\x00\x00\x01\x00\x02hi",
            @"\x04\x00\x00\x00\x01\x00\x00",
            @"\x05\x00\x00\x00\x01\x00\x01\x00", @"\x06\x00\x00\x00\x01\x00\x09\x00\x01\x04\x00\x00\x00\x00\x00\x00",
            @"\x07\x00\x00\x00\x01\x00\x04\x7f\xff\xff\xff", @"\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x01",
            @"\x0a\x00\x00\x00\x03\x00\x09\x01\x04\x7f\x00\x00\x01\x00\x35x", @"\x0b\x00\x00\x00\x00\x00\x00",
            @"\x0c\x00\x00\x00\x00\x00\x04\x00\x00\x00\x01"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        foreach (bool isServer in (ReadOnlySpan<bool>)[true, false])
        {
            string whole = Serve(bytes, isServer, Math.Max(bytes.Length, 1));
            foreach (int piece in (ReadOnlySpan<int>)[1, 5]) Claim.Same(whole, Serve(bytes, isServer, piece),
                $"what comes in pieces of {piece}");
        }
    }

    private static string Serve(byte[] input, bool isServer, int piece)
    {
        using MemoryDuplex stream = new(input, piece);
        int opened = 0;
        TunnelSession session = new(
            stream, TunnelFrameSealer.Unprotected(), TunnelFrameOpener.Unprotected(), new TunnelSessionOptions { MaxStreams = 4 },
                StillTime.Instance,
            isServer ? open => Accept(open, ref opened) : null);
        if (!isServer)
        {
            ReadOnlyMemory<byte> first = default;
            session.TryOpenStream(Somewhere, ref first);
            session.TryOpenDatagrams();
        }
        Waiting.For(session.RunAsync(), "a carrier");
        Claim.That(session.Failure is ProxyException { Reason: ProxyError.ProtocolViolation } or IOException,
            $"a carrier ended with {session.Failure}");
        return $"{opened} {session.Failure!.Message}";
    }

    private static Task Accept(TunnelOpen open, ref int opened)
    {
        Addresses.Check(open.Destination);
        opened++;
        return Task.CompletedTask;
    }
}
