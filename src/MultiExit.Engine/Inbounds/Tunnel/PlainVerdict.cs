namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>What the fallback says to a request without TLS.</summary>
internal enum PlainVerdict
{
    /// <summary>Its answer has not come yet.</summary>
    NeedMore,

    /// <summary>That it is no request, whatever the port.</summary>
    Refused,

    /// <summary>What it says to those who may ask.</summary>
    Served,
}
