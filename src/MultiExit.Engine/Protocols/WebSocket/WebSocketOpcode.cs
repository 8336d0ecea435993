namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>The kind of a frame (RFC 6455 section 5.2). From 8 on they are control frames.</summary>
internal enum WebSocketOpcode : byte
{
    /// <summary>Continues the message begun before.</summary>
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}
