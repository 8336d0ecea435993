namespace MultiExit.Engine.Tls.Ech;

/// <summary>A server that proved to be the public name did not accept ECH.</summary>
/// <param name="retryList">The ECHConfigList to try next, as the server sent it; null when it has none.</param>
internal sealed class EchRejectedException(byte[]? retryList) : Exception("ECH was rejected")
{
    public byte[]? RetryList { get; } = retryList;
}
