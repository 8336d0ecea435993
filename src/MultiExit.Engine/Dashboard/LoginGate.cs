using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Dashboard;

/// <summary>How often a client may fail to log in: some times at once, then one time every half minute. It holds for programs of this host too,
/// which the lockout spares unless the configuration says otherwise. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class LoginGate(TimeProvider time)
{
    /// <summary>The failures at once.</summary>
    public const int AtOnce = 10;

    // Failures of so many clients are remembered.
    private const int MaxClients = 4096;

    private static readonly TimeSpan Each = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    // When the failures of a client will be forgotten.
    private readonly Dictionary<IPAddress, TimeSpan> _until = [];

    /// <summary>How long a client has to wait with its next attempt; zero: not at all.</summary>
    public TimeSpan WaitOf(IPAddress client)
    {
        lock (_lock)
        {
            TimeSpan over = _until.GetValueOrDefault(ClientPrefix.Of(client)) - Now - ((AtOnce - 1) * Each);
            return over > TimeSpan.Zero ? over : TimeSpan.Zero;
        }
    }

    /// <summary>Counts a failure.</summary>
    public void Failed(IPAddress client)
    {
        lock (_lock)
        {
            IPAddress key = ClientPrefix.Of(client);
            if (!_until.ContainsKey(key)) MakeRoom();
            TimeSpan known = _until.GetValueOrDefault(key);
            _until[key] = (known > Now ? known : Now) + Each;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(0);

    // Where all of them count, the one that is forgotten next gives way.
    private void MakeRoom()
    {
        if (_until.Count < MaxClients) return;
        foreach ((IPAddress client, TimeSpan until) in _until)
            if (until <= Now) _until.Remove(client);
        if (_until.Count >= MaxClients) _until.Remove(_until.MinBy(pair => pair.Value).Key);
    }
}
