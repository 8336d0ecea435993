using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Probing;

/// <summary>A measurement for <see cref="TunnelMeasure"/>.</summary>
public sealed record TunnelMeasureRequest
{
    /// <summary>The proxy as a URL: what <c>--forward</c> takes (docs/configuration.md, URLs). Not with <see cref="Exit"/>.</summary>
    public string? Through { get; init; }

    /// <summary>An exit or group of <see cref="Config"/>, in place of a URL.</summary>
    public string? Exit { get; init; }

    /// <summary>The configuration that <see cref="Exit"/> is of.</summary>
    public GatewayConfig? Config { get; init; }

    /// <inheritdoc cref="TunnelTestRequest.FullPath"/>
    public Func<string, string>? FullPath { get; init; }

    /// <inheritdoc cref="TunnelTestRequest.Login"/>
    public UserConfig? Login { get; init; }

    /// <inheritdoc cref="TunnelTestRequest.Token"/>
    public Secret? Token { get; init; }

    /// <inheritdoc cref="TunnelTestRequest.TunnelKey"/>
    public Secret? TunnelKey { get; init; }

    /// <summary>The far end; null: one that the measurement opens on this machine, at the address that the proxy sees it by.</summary>
    public MeasureTarget? Target { get; init; }

    /// <summary>How long it may take, without the first connection: a fifth for latency, the rest for what can be moved. Default 10 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most bytes in each direction; null: as many as there is time for.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How many connections move bytes at once, 1 to <see cref="TunnelMeasure.MaxParallel"/>. Default 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>How long a connection may take. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
