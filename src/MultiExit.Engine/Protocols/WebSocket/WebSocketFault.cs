namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>A fault of the peer: the code to close with, and a sentence that quotes nothing of the peer's bytes.</summary>
/// <param name="Code">The code.</param>
/// <param name="Text">The reason as a sentence; null: no fault.</param>
internal readonly record struct WebSocketFault(WebSocketCloseCode Code, string Text)
{
    public bool IsNone => Text is null;

    public static WebSocketFault Protocol(string text) => new(WebSocketCloseCode.ProtocolError, text);
}
