using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Events;

/// <summary>Lets the first event of a subject through at once, and of those that follow within a window the last one at its end, with the number
/// of those before it: whoever listens ends with what is true. Not thread-safe.</summary>
internal sealed class EventThrottle(TimeProvider time)
{
    /// <summary>The least time between two events of a subject.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    /// <summary>The subjects that are remembered; events of further ones pass at once.</summary>
    public const int MaxSubjects = 4096;

    private readonly Dictionary<string, Subject> _subjects = new(StringComparer.Ordinal);

    /// <summary>Whether an event passes now.</summary>
    public bool Pass(string subject, LogEntry entry)
    {
        if (_subjects.TryGetValue(subject, out Subject? known))
        {
            if (known.Waiting is not null) known.Skipped++;
            known.Waiting = entry;
            return false;
        }
        if (_subjects.Count < MaxSubjects) _subjects[subject] = new Subject { Since = time.GetTimestamp() };
        return true;
    }

    /// <summary>The events whose time has come, each with the number of those that it stands for. Called periodically.</summary>
    public IReadOnlyList<(LogEntry Entry, int Skipped)> Due()
    {
        List<(LogEntry, int)> due = [];
        long now = time.GetTimestamp();
        foreach ((string name, Subject subject) in _subjects.ToArray())
        {
            if (time.GetElapsedTime(subject.Since, now) < Window) continue;
            if (subject.Waiting is { } entry)
            {
                due.Add((entry, subject.Skipped));
                _subjects[name] = new Subject { Since = now };
            }
            else _subjects.Remove(name);
        }
        return due;
    }

    private sealed class Subject
    {
        public long Since { get; init; }
        public LogEntry? Waiting { get; set; }
        public int Skipped { get; set; }
    }
}
