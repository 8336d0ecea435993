namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>The fallback's verdict on a request without TLS.</summary>
internal enum PlainVerdict
{
    /// <summary>Its answer has not come yet.</summary>
    NeedMore,

    /// <summary>It is not a valid request, on whatever port.</summary>
    Refused,

    /// <summary>An answer for clients that may ask.</summary>
    Served,
}
