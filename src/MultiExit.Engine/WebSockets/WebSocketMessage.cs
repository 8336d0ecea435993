using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.WebSockets;

/// <summary>A whole message.</summary>
/// <param name="Opcode"><see cref="WebSocketOpcode.Text"/> or <see cref="WebSocketOpcode.Binary"/>; <see cref="WebSocketOpcode.Close"/>: the
/// connection has ended in order, and there is no payload.</param>
/// <param name="Payload">Its bytes, those of a text as they came: they are not checked to be UTF-8. Valid until the next receive.</param>
internal readonly record struct WebSocketMessage(WebSocketOpcode Opcode, ReadOnlyMemory<byte> Payload)
{
    public bool IsEnd => Opcode == WebSocketOpcode.Close;
}
