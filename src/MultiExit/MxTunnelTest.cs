using System.Text;
using MultiExit.Engine.Probing;

namespace MultiExit;

/// <summary>A test of a proxy.</summary>
public sealed class MxTunnelTest
{
    internal MxTunnelTest(TunnelTestResult result)
    {
        Through = result.Through;
        Destination = result.Destination;
        Success = result.Succeeded;
        Reason = result.Failure;
        Error = result.Error;
        Time = result.Time;
        Duration = result.Duration;
        Steps = [.. result.Steps.Select(step => new MxTunnelStep(step))];
        ResponseBytes = result.Response.ToArray();
        Response = Encoding.UTF8.GetString(ResponseBytes);
        Truncated = result.IsTruncated;
    }

    /// <summary>The proxy, without credentials.</summary>
    public string Through { get; }

    /// <summary>The destination, host:port.</summary>
    public string Destination { get; }

    /// <summary>Whether the destination was reached and said something.</summary>
    public bool Success { get; }

    /// <summary>What kind of failure it is: ConnectionRefused (the destination), ProxyUnreachable, ...; null on success. Stable.</summary>
    public string? Reason { get; }

    /// <summary>What is wrong, as a sentence; null on success.</summary>
    public string? Error { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>The steps, in their order.</summary>
    public MxTunnelStep[] Steps { get; }

    /// <summary>What came back, as UTF-8 text.</summary>
    public string Response { get; }

    /// <summary>What came back.</summary>
    public byte[] ResponseBytes { get; }

    /// <summary>Whether there was more than is kept.</summary>
    public bool Truncated { get; }

    /// <summary>The form <c>socks5://h:1080 to example.com:80: ok in 12 ms</c>.</summary>
    public override string ToString() => $"{Through} to {Destination}: {Error ?? $"ok in {Duration.TotalMilliseconds:0.#} ms"}";
}
