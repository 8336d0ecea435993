namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>What a peer did wrong: the code to close with, and a sentence without anything it sent.</summary>
/// <param name="Code">The code.</param>
/// <param name="Text">The reason in words; null: no fault.</param>
internal readonly record struct WebSocketFault(WebSocketCloseCode Code, string Text)
{
    public bool IsNone => Text is null;

    public static WebSocketFault Protocol(string text) => new(WebSocketCloseCode.ProtocolError, text);
}
