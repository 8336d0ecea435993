using System.Globalization;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The month of the wall clock, and whether it can be relied on: not for an hour after the wall clock and the monotonic clock have
/// diverged (it was set, or the machine slept). Not thread-safe.</summary>
/// <remarks>Clocks are wrong at a start without a battery, or for the moment until the right time comes from the network; both end long before
/// that. A server whose month truly changed meanwhile counts for the old one an hour longer.</remarks>
internal sealed class MonthClock(TimeProvider time)
{
    /// <summary>How long the clock has to run evenly before a change of month without its time having passed counts.</summary>
    public static readonly TimeSpan CertainAfter = TimeSpan.FromHours(1);

    // More than clocks are slewed by between two looks.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private DateTimeOffset _wall = time.GetUtcNow();
    private long _at = time.GetTimestamp();
    private long? _doubted;
    private (DateTimeOffset Wall, long At)? _anchor;
    private (int Year, int Month, string Text) _month = (0, 0, "");

    /// <summary>The month of the wall clock, <c>yyyy-MM</c> in UTC.</summary>
    public string Month
    {
        get
        {
            DateTime now = (_anchor is { } anchor ? anchor.Wall + time.GetElapsedTime(anchor.At) : time.GetUtcNow()).UtcDateTime;
            // Each new session of a user asks for it, and to format a date takes longer than all the rest of the question.
            if ((now.Year, now.Month) != (_month.Year, _month.Month)) _month = (now.Year, now.Month, now.ToString("yyyy-MM", CultureInfo.InvariantCulture));
            return _month.Text;
        }
    }

    /// <summary>Another clock is right, and is gone on from by the monotonic one: that of the store of a fleet.</summary>
    public void Anchor(DateTimeOffset wall) => _anchor = (wall, time.GetTimestamp());

    /// <summary>Whether the wall clock has run evenly for long enough.</summary>
    public bool IsCertain
    {
        get
        {
            if (_anchor is not null) return true;
            DateTimeOffset wall = time.GetUtcNow();
            long now = time.GetTimestamp();
            TimeSpan apart = wall - _wall - time.GetElapsedTime(_at, now);
            (_wall, _at) = (wall, now);
            if (apart.Duration() > Tolerance) Doubt();
            else if (_doubted is { } since && time.GetElapsedTime(since, now) >= CertainAfter) _doubted = null;
            return _doubted is null;
        }
    }

    /// <summary>Begins the hour.</summary>
    public void Doubt() => _doubted = time.GetTimestamp();
}
