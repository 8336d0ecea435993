using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Dashboard;

/// <summary>Those who have logged in, in memory: a restart ends all of them. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class DashboardSessions(TimeProvider time)
{
    /// <summary>How many there are at a time; one more ends the one that has been idle for longest.</summary>
    public const int Most = 256;

    /// <summary>How long one lasts, whatever is done with it.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    /// <summary>How long one lasts without a request.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    // By the hash of the id, so that how long a look-up takes says nothing about the ids.
    private readonly Dictionary<string, DashboardSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>The sessions that have not ended.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return _sessions.Count;
            }
        }
    }

    /// <summary>Begins a session.</summary>
    /// <returns>Its id, 256 random bits.</returns>
    public string Begin(DashboardVisitor visitor)
    {
        string id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        lock (_lock)
        {
            Forget();
            if (_sessions.Count >= Most) _sessions.Remove(_sessions.MinBy(pair => pair.Value.Used).Key);
            _sessions[KeyOf(id)] = new DashboardSession(visitor, Now);
        }
        return id;
    }

    /// <summary>Whose session it is, which counts as a use of it; null where it has ended or never was.</summary>
    public DashboardVisitor? Find(string id)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(KeyOf(id), out DashboardSession? session) || HasEnded(session)) return null;
            session.Used = Now;
            return session.Visitor;
        }
    }

    /// <summary>Ends a session.</summary>
    public DashboardVisitor? End(string id)
    {
        lock (_lock) return _sessions.Remove(KeyOf(id), out DashboardSession? session) ? session.Visitor : null;
    }

    // The wall clock may be set; how long a session lasts does not depend on it.
    private TimeSpan Now => time.GetElapsedTime(0);

    private bool HasEnded(DashboardSession session) => Now - session.Began >= Life || Now - session.Used >= Idle;

    private void Forget()
    {
        foreach ((string key, DashboardSession session) in _sessions)
            if (HasEnded(session)) _sessions.Remove(key);
    }

    private static string KeyOf(string id) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
