using System.Net;

namespace MultiExit.Engine.Status;

/// <summary>One probe of an exit.</summary>
/// <param name="Exit">The exit, or the group that was asked.</param>
/// <param name="Target">The target: <c>tcp://host:port</c> or a URL.</param>
/// <param name="Time">When it began.</param>
/// <param name="Duration">How long it took until the answer or the failure.</param>
/// <param name="ConnectTime">How long the connection took, TLS included; null when there was none.</param>
/// <param name="Error">What is wrong, as a sentence; null when it succeeded.</param>
public sealed record ExitProbe(string Exit, string Target, DateTimeOffset Time, TimeSpan Duration, TimeSpan? ConnectTime, string? Error)
{
    /// <summary>The address that the target says the connection came from; null where it was not asked.</summary>
    public IPAddress? ExternalAddress { get; init; }

    /// <summary>Whether the target answered as expected.</summary>
    public bool Succeeded => Error is null;
}
