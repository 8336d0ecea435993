using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>Which numbers had come in sessions that have ended, while a copy of one of their datagrams would still be in time: a session that goes on after
/// its idle time goes on behind them. Bounded, in two generations. Thread-safe.</summary>
/// <param name="lifetime">How long a session is remembered at least, while there is room.</param>
/// <param name="time">The clock.</param>
internal sealed class EndedSessions(TimeSpan lifetime, TimeProvider time)
{
    // About 400 octets each.
    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private Dictionary<DatagramClient, PacketWindow> _new = [];
    private Dictionary<DatagramClient, PacketWindow> _old = [];
    private long _since = time.GetTimestamp();

    /// <summary>Remembers a session.</summary>
    public void Add(DatagramClient session, PacketWindow window)
    {
        lock (_lock)
        {
            Turn();
            _new[session] = window;
        }
    }

    /// <summary>Takes what is remembered of a session; null: nothing is.</summary>
    public PacketWindow? Find(DatagramClient session)
    {
        lock (_lock) return _new.GetValueOrDefault(session) ?? _old.GetValueOrDefault(session);
    }

    private void Turn()
    {
        if (_new.Count < Capacity && time.GetElapsedTime(_since) < lifetime) return;
        (_old, _new) = (_new, []);
        _since = time.GetTimestamp();
    }
}
