namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>Why a connection is closed (RFC 6455 section 7.4.1). A peer may send others, up to 4999.</summary>
internal enum WebSocketCloseCode : ushort
{
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    UnsupportedData = 1003,
    /// <summary>The close frame held no code. Never on the wire.</summary>
    None = 1005,
    /// <summary>The connection ended without a close frame. Never on the wire.</summary>
    Abnormal = 1006,
    InvalidData = 1007,
    PolicyViolation = 1008,
    MessageTooBig = 1009,
    InternalError = 1011,
    TryAgainLater = 1013,
    /// <summary>TLS failed. Never on the wire.</summary>
    TlsFailure = 1015,
}
