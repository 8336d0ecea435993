namespace MultiExit.Engine.Protocols.Http;

/// <summary>Why a message is not acceptable: the status a server answers with, and a sentence that quotes nothing of the peer's bytes.</summary>
/// <param name="Status">The status code; 0: no fault.</param>
/// <param name="What">The reason as a sentence, without the limit that is reached.</param>
internal readonly record struct HttpFault(int Status, string What)
{
    private readonly Reached _reached;
    private readonly HttpLimits _limits;

    private HttpFault(int status, string what, Reached reached, HttpLimits limits)
        : this(status, what)
    {
        _reached = reached;
        _limits = limits;
    }

    private enum Reached : byte { None, Line, Head, Fields }

    public bool IsNone => Status == 0;

    /// <summary>Whether a limit is reached, not a rule broken.</summary>
    public bool IsLimit => _reached != Reached.None;

    /// <summary>The reason as a sentence, with the limit that is reached. Made on demand: parsers do not allocate.</summary>
    public string Text => _reached switch
    {
        Reached.Line => $"{What} (limit: {_limits.Line})",
        Reached.Head => $"{What} (limit: {_limits.Head})",
        Reached.Fields => $"{What} (limit: {_limits.Fields})",
        _ => What,
    };

    /// <summary>The error type of Proxy-Status for a response with it (RFC 9209 section 2.3).</summary>
    public string ErrorType => _reached switch
    {
        Reached.None => "http_protocol_error",
        Reached.Line => "http_response_header_size",
        _ => "http_response_header_section_size",
    };

    public static HttpFault Bad(string text) => new(400, text);

    /// <summary>A line is longer than it may be.</summary>
    public static HttpFault LongLine(string what, HttpLimits limits, int status = 431) => new(status, what, Reached.Line, limits);

    /// <summary>A head or a trailer section is larger than it may be.</summary>
    public static HttpFault LargeHead(string what, HttpLimits limits) => new(431, what, Reached.Head, limits);

    /// <summary>A head or a trailer section has more fields than it may have.</summary>
    public static HttpFault ManyFields(HttpLimits limits) => new(431, "too many fields", Reached.Fields, limits);
}
