using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Fuzz.Targets;

/// <summary>A whole connection that reads messages. Outcomes: messages, and then the end, <see cref="ProxyException"/> or
/// <see cref="IOException"/>.</summary>
internal static class WebSocketConnectionTarget
{
    private const int MaxMessage = 300;

    public static FuzzTarget Target => new("websocket-connection", Run) { MaxLength = 1024, Words = WebSocketFrameTarget.Target.Words };

    private static void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        foreach (bool isServer in (ReadOnlySpan<bool>)[true, false])
        {
            string whole = Read(bytes, isServer, bytes.Length);
            foreach (int piece in (ReadOnlySpan<int>)[1, 3, 64])
                Claim.Same(whole, Read(bytes, isServer, piece), $"what comes in pieces of {piece}");
        }
    }

    private static string Read(byte[] input, bool isServer, int piece)
    {
        StringBuilder events = new();
        using MemoryDuplex stream = new(input, Math.Max(piece, 1));
        Task reading = ReadAsync(stream, new WebSocketOptions { IsServer = isServer, MaxMessage = MaxMessage }, events);
        Waiting.For(reading, "a WebSocket connection");
        return events.ToString();
    }

    private static async Task ReadAsync(MemoryDuplex stream, WebSocketOptions options, StringBuilder events)
    {
        WebSocketConnection connection = new(stream, options, StillTime.Instance);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                while (true)
                {
                    WebSocketMessage message = await connection.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
                    Claim.That(message.Payload.Length <= MaxMessage, "a message is longer than the limit");
                    events.AppendLine($"{message.Opcode} {Convert.ToHexString(message.Payload.Span)}");
                    if (message.IsEnd) break;
                }
            }
            catch (Exception exception) when (exception is ProxyException { Reason: ProxyError.ProtocolViolation } or IOException)
            {
                events.AppendLine(exception.Message);
            }
            events.AppendLine($"{connection.CloseCode} {connection.CloseReason}");
        }
    }
}
