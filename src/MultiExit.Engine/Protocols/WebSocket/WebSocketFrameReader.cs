namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>Reads the heads of frames one after the other and checks their order (RFC 6455 section 5.4).</summary>
/// <param name="masked">Whether the sender has to mask, as a client must.</param>
internal struct WebSocketFrameReader(bool masked)
{
    private bool _inMessage;

    /// <summary>Whether the message of the last data frame continues after that frame.</summary>
    public readonly bool IsInMessage => _inMessage;

    /// <summary>The opcode of the message that the last data frame belongs to.</summary>
    public WebSocketOpcode MessageOpcode { get; private set; }

    /// <summary>Reads the next head. Called again with the same bytes and more when more were needed.</summary>
    public ParseStatus Read(ReadOnlySpan<byte> source, out WebSocketFrameHeader header, out int size, out WebSocketFault fault)
    {
        ParseStatus status = WebSocketFrameHeader.TryParse(source, masked, out header, out size, out fault);
        if (status != ParseStatus.Ok || header.IsControl) return status;
        if (header.Opcode == WebSocketOpcode.Continuation != _inMessage)
        {
            fault = WebSocketFault.Protocol(_inMessage
                ? "a message begins before the last one has ended"
                : "a frame goes on with a message that was not begun");
            return ParseStatus.Invalid;
        }
        if (!_inMessage) MessageOpcode = header.Opcode;
        _inMessage = !header.IsFinal;
        return status;
    }
}
