namespace MultiExit.Engine.Probing;

/// <summary>The result of a test.</summary>
public sealed record TunnelTestResult
{
    /// <summary>The proxy, without credentials: <c>socks5://proxy.example:1080</c>.</summary>
    public required string Through { get; init; }

    /// <summary>The destination, <c>host:port</c>.</summary>
    public required string Destination { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The steps, in their order; the one that failed is the last one.</summary>
    public required IReadOnlyList<TunnelTestStep> Steps { get; init; }

    /// <summary>What came back, at most <see cref="TunnelTest.MaxResponse"/> bytes.</summary>
    public ReadOnlyMemory<byte> Response { get; init; }

    /// <summary>Whether there was more.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>What kind of failure it is, such as <c>ConnectionRefused</c> (the destination), <c>ProxyUnreachable</c>, <c>ProxyAuthenticationFailed</c>,
    /// <c>TimedOut</c> or <c>NoAnswer</c>; null when it succeeded.</summary>
    public string? Failure { get; init; }

    /// <summary>What is wrong, as a sentence; null when it succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the destination was reached and sent something.</summary>
    public bool Succeeded => Failure is null;
}
