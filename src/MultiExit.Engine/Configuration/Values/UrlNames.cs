namespace MultiExit.Engine.Configuration.Values;

/// <summary>The schemes of URLs that stand for a type of inbound or exit.</summary>
/// <param name="Names">Whole schemes in lower case, such as <c>socks5s</c> and <c>socks5+tls</c>; errors name the first one.</param>
/// <param name="DefaultPort">The port of an upstream that names none; 0: it must name one.</param>
/// <param name="Tls">Whether TLS lies beneath.</param>
internal sealed record UrlNames(IReadOnlyList<string> Names, int DefaultPort = 0, bool Tls = false)
{
    /// <summary>The scheme that stands for the type in the notation of ech-tunnel, where it means something else otherwise; null for none.</summary>
    public string? InEchTunnelNotation { get; init; }

    /// <summary>Whether errors name it among what they expect.</summary>
    public bool IsNamed { get; init; } = true;
}
