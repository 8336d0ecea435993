using MultiExit.Engine.Probing;

namespace MultiExit;

/// <summary>A step of a test of a proxy.</summary>
public sealed class MxTunnelStep
{
    internal MxTunnelStep(TunnelTestStep step)
    {
        Name = step.Stage.ToString();
        Duration = step.Duration;
        Success = step.Succeeded;
        Detail = step.Detail;
    }

    /// <summary>Resolve, Connect, Tls, Handshake, FirstByte or Response.</summary>
    public string Name { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Whether it worked.</summary>
    public bool Success { get; }

    /// <summary>What was found or connected to, or what is wrong.</summary>
    public string? Detail { get; }

    /// <summary>The form <c>Connect 1.2 ms</c>.</summary>
    public override string ToString() => $"{Name} {Duration.TotalMilliseconds:0.0} ms{(Success ? "" : " failed")}";
}
