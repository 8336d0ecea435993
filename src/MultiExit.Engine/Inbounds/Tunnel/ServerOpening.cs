namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>When the server began to listen. What is dated before that may have been answered by another server, or by this one before a
/// restart, and nothing here remembers it.</summary>
internal sealed class ServerOpening(TimeProvider time)
{
    private long _began = time.GetTimestamp();
    private bool _isOpen;

    // No handshake is dated further back.
    private const double LongestSeconds = 86_400;

    /// <summary>The server listens, and lets the first client in next. Only the first call counts: a reload forgets nothing.</summary>
    public void Begin()
    {
        if (_isOpen) return;
        _began = time.GetTimestamp();
        _isOpen = true;
    }

    /// <summary>For how long handshakes have been remembered.</summary>
    public TimeSpan Age => time.GetElapsedTime(_began);

    /// <summary>Another process has remembered handshakes for so long, and its memory is here.</summary>
    public void BeganBefore(TimeSpan age)
    {
        _began = time.GetTimestamp() - (long)(Math.Clamp(age.TotalSeconds, 0, LongestSeconds) * time.TimestampFrequency);
        _isOpen = true;
    }

    /// <summary>Whether a time lies before it.</summary>
    /// <remarks>It is counted back from now: a wall clock that was set meanwhile, as at the boot of a host without one, would otherwise
    /// date it far ahead, and honest clients would be refused for as long.</remarks>
    public bool IsAfter(DateTimeOffset moment)
    {
        DateTimeOffset now = time.GetUtcNow();
        return moment < now - time.GetElapsedTime(_began);
    }
}
