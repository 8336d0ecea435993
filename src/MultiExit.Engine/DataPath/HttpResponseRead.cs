using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.DataPath;

/// <summary>The outcome of reading a response head.</summary>
/// <param name="Head">The head; null when there was none.</param>
/// <param name="Length">Its length in the reader's unread bytes; the caller advances.</param>
/// <param name="Problem">Why there is no head.</param>
/// <param name="Malformed">True when the peer sent something that is not HTTP; false when the connection ended.</param>
/// <param name="AnyByte">True when the peer had sent something.</param>
internal readonly record struct HttpResponseRead(HttpResponseHead? Head, int Length, string? Problem, bool Malformed, bool AnyByte)
{
    /// <summary>What is wrong with a malformed head.</summary>
    public HttpFault Fault { get; init; }
}
