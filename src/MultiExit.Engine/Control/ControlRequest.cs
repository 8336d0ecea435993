namespace MultiExit.Engine.Control;

/// <summary>A request to the control endpoint.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path, as it came.</param>
/// <param name="Body">The body; empty for none.</param>
/// <param name="KeepAlive">Whether the client wants to ask more.</param>
internal sealed record ControlRequest(string Method, string Path, ReadOnlyMemory<byte> Body, bool KeepAlive)
{
    public bool IsHead => Method == "HEAD";

    /// <summary>Whether it only asks.</summary>
    public bool IsRead => IsHead || Method == "GET";
}
