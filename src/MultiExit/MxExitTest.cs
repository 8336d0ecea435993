using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A probe of an exit.</summary>
public sealed class MxExitTest
{
    internal MxExitTest(ServerOrigin origin, ExitProbe probe)
    {
        (Server, Socket, _) = origin;
        Exit = probe.Exit;
        Target = probe.Target;
        Success = probe.Succeeded;
        Time = probe.Time;
        Duration = probe.Duration;
        ConnectTime = probe.ConnectTime;
        ExternalAddress = probe.ExternalAddress;
        Error = probe.Error;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The exit or group.</summary>
    public string Exit { get; }

    /// <summary>What was asked for: tcp://host:port or a URL.</summary>
    public string Target { get; }

    /// <summary>Whether the target answered as expected.</summary>
    public bool Success { get; }

    /// <summary>When the probe began.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>How long it took until the answer or the failure.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How long the connection took, TLS included; null when there was none.</summary>
    public TimeSpan? ConnectTime { get; }

    /// <summary>The address that the world sees, where it was asked for.</summary>
    public IPAddress? ExternalAddress { get; }

    /// <summary>What is wrong, as a sentence; null on success.</summary>
    public string? Error { get; }

    /// <summary>The form <c>exit: ok in 12 ms</c>.</summary>
    public override string ToString() => $"{Exit}: {Error ?? $"ok in {Duration.TotalMilliseconds:0.#} ms"}";
}
