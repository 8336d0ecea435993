namespace MultiExit.Engine.Protocols.Http;

/// <summary>What a message head may be.</summary>
/// <param name="MaxLine">The longest request, status, field or chunk-size line in bytes, line end not counted.</param>
/// <param name="MaxHead">The largest head or trailer section in bytes.</param>
/// <param name="MaxFields">The most fields in a head or trailer section.</param>
internal readonly record struct HttpLimits(int MaxLine, int MaxHead, int MaxFields)
{
    /// <summary>8 KiB a line, 64 KiB a head, 128 fields.</summary>
    public static HttpLimits Default => new(8 * 1024, 64 * 1024, 128);
}
