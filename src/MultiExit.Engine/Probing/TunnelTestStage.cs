namespace MultiExit.Engine.Probing;

/// <summary>The steps of a test, in their order.</summary>
public enum TunnelTestStage
{
    /// <summary>The name of the proxy is resolved; for a direct exit, the destination's.</summary>
    Resolve,
    /// <summary>The TCP connection.</summary>
    Connect,
    /// <summary>TLS with the proxy.</summary>
    Tls,
    /// <summary>The proxy's own handshake: login and request, up to its answer that the destination is connected.</summary>
    Handshake,
    /// <summary>From the request to the first byte of the answer.</summary>
    FirstByte,
    /// <summary>From the first byte to the last one.</summary>
    Response,
}
