namespace MultiExit.Engine.Control;

/// <summary>The bounds of an endpoint for operators, so that a client that hangs harms nothing.</summary>
internal sealed record EndpointLimits
{
    /// <summary>The connections at a time; one more is answered 503.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>The connections of one client address at a time; one more is answered 503.</summary>
    public int ConnectionsPerClient { get; init; } = int.MaxValue;

    /// <summary>How long a connection may wait with its next request.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a request may take to come.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer may take to be written.</summary>
    public TimeSpan Write { get; init; } = TimeSpan.FromSeconds(30);
}
