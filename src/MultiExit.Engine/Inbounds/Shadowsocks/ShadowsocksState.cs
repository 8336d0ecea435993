using System.Net;
using MultiExit.Engine.Shadowsocks;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>What an inbound remembers of its clients; it outlives reloads. Thread-safe.</summary>
internal sealed class ShadowsocksState
{
    // SIP004 has no time in a request, so the last ones are remembered for as long as there is room.
    private const int AeadSalts = 100_000;
    private static readonly TimeSpan AeadLifetime = TimeSpan.FromDays(365);

    // A time may be 30 s ahead, and counts until it is 30 s behind. So many are 8,000 requests a second for that minute.
    private const int TimedSalts = 500_000;
    private static readonly TimeSpan TimedLifetime = TimeSpan.FromSeconds(61);

    private static readonly TimeSpan TellPause = TimeSpan.FromHours(1);
    private const int MaxTold = 1000;

    private readonly TimeProvider _time;
    private readonly HashSet<IPAddress> _told = [];
    private long _toldSince;

    /// <param name="is2022">Whether its requests have a time.</param>
    /// <param name="time">The clock.</param>
    public ShadowsocksState(bool is2022, TimeProvider time)
    {
        _time = time;
        Salts = is2022 ? new(TimedLifetime, TimedSalts, time) : new(AeadLifetime, AeadSalts, time);
        DatagramSalts = new(AeadLifetime, AeadSalts, time);
        Ended = new(TimedLifetime, time);
    }

    /// <summary>The salts of connections.</summary>
    public SaltFilter Salts { get; }

    /// <summary>The salts of datagrams by SIP007.</summary>
    public SaltFilter DatagramSalts { get; }

    /// <summary>The sessions of datagrams by SIP022 that have ended.</summary>
    public EndedSessions Ended { get; }

    /// <summary>Whether it is to be said that a client's clock is wrong: once in an hour for each.</summary>
    public bool MayTellClock(IPAddress client)
    {
        lock (_told)
        {
            if (_told.Count >= MaxTold || _time.GetElapsedTime(_toldSince) >= TellPause)
            {
                _told.Clear();
                _toldSince = _time.GetTimestamp();
            }
            return _told.Add(ClientPrefix.Of(client));
        }
    }
}
