namespace MultiExit.Engine.Identity;

/// <summary>Whether a back-end answers, since when it does not, and what it has been asked. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class BackEndHealth(TimeProvider time)
{
    // While it is away, that is said once in so long.
    private static readonly TimeSpan BetweenLines = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private long? _told;
    private bool _isTold;
    private long _allowed;
    private long _denied;
    private long _failed;
    private long _unusable;

    /// <summary>Called with the reason and the time since when it is away, at most once in five minutes.</summary>
    public Action<string, DateTimeOffset>? Away { get; init; }

    /// <summary>Called when it answers again, with how long it did not, where that it was away has been told.</summary>
    public Action<TimeSpan>? Back { get; init; }

    /// <summary>Called with each answer, or what came in its place, and how long it took.</summary>
    public Action<BackEndVerdict, TimeSpan>? Asked { get; init; }

    /// <summary>How often it let in, denied, did not answer, and answered what cannot be used.</summary>
    public (long Allowed, long Denied, long Failed, long Unusable) Counts
    {
        get
        {
            lock (_lock) return (_allowed, _denied, _failed, _unusable);
        }
    }

    /// <summary>Why it does not answer now, and since when; null: it answers, or was not asked.</summary>
    public BackEndOutage? Outage { get; private set; }

    /// <summary>An answer has come, or not.</summary>
    public void Note(BackEndAnswer answer, TimeSpan took)
    {
        BackEndOutage? away = null;
        TimeSpan? back = null;
        lock (_lock)
        {
            if (answer.Verdict == BackEndVerdict.Unavailable) away = Failed(answer.Reason ?? "");
            else back = Answered(answer.Verdict);
        }
        Asked?.Invoke(answer.Verdict, took);
        if (away is { } outage) Away?.Invoke(outage.Reason, outage.Since);
        if (back is { } lasted) Back?.Invoke(lasted);
    }

    private BackEndOutage? Failed(string reason)
    {
        _failed++;
        Outage = new BackEndOutage(reason, Outage?.Since ?? time.GetUtcNow());
        if (_told is { } told && time.GetElapsedTime(told) < BetweenLines) return null;
        _told = time.GetTimestamp();
        _isTold = true;
        return Outage;
    }

    private TimeSpan? Answered(BackEndVerdict verdict)
    {
        if (verdict == BackEndVerdict.Allowed) _allowed++;
        else if (verdict == BackEndVerdict.Denied) _denied++;
        else _unusable++;
        TimeSpan? lasted = _isTold && Outage is { } outage ? time.GetUtcNow() - outage.Since : null;
        (Outage, _isTold) = (null, false);
        return lasted;
    }
}
