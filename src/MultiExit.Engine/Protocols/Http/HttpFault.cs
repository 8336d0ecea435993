namespace MultiExit.Engine.Protocols.Http;

/// <summary>Why a message is not acceptable: the status a server answers with, and a sentence without anything the peer sent.</summary>
/// <param name="Status">The status code; 0: no fault.</param>
/// <param name="Text">The reason in words.</param>
internal readonly record struct HttpFault(int Status, string Text)
{
    /// <summary>A line is longer than it may be.</summary>
    public static HttpFault LongLine(string what, HttpLimits limits, int status = 431) =>
        new(status, $"{what} is too long (limit: {limits.Line})") { ErrorType = "http_response_header_size" };

    /// <summary>A head or a trailer section is larger than it may be.</summary>
    public static HttpFault LargeHead(string what, HttpLimits limits) =>
        new(431, $"{what} is too large (limit: {limits.Head})") { ErrorType = "http_response_header_section_size" };

    /// <summary>A head or a trailer section has more fields than it may have.</summary>
    public static HttpFault ManyFields(HttpLimits limits) =>
        new(431, $"too many fields (limit: {limits.Fields})") { ErrorType = "http_response_header_section_size" };

    /// <summary>Whether a limit of the configuration is reached, not a rule broken.</summary>
    public bool IsLimit => Status is 413 or 414 or 431;

    /// <summary>The error type of Proxy-Status for a response with it (RFC 9209 section 2.3).</summary>
    public string ErrorType { get; init; } = "http_protocol_error";

    public bool IsNone => Status == 0;

    public static HttpFault Bad(string text) => new(400, text);
}
