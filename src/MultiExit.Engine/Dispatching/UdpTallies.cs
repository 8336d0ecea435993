using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;

namespace MultiExit.Engine.Dispatching;

/// <summary>The destinations of an association, for their records: one each, from its first datagram until none passes any more. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="ended">Called for each destination that has ended, under no lock.</param>
internal sealed class UdpTallies(TimeProvider time, Action<UdpTally> ended)
{
    /// <summary>The most destinations at a time; a further one ends that of which nothing was heard for longest.</summary>
    public const int Max = UdpLanes.MaxLanes;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<Destination, UdpTally> _tallies = [];
    private readonly Dictionary<Destination, UdpTally> _byPeer = [];
    private long _swept = time.GetTimestamp();
    private int _lastNumber;

    /// <summary>A datagram has left.</summary>
    public void Sent(Destination destination, Route route, IExit exit, IDatagramFlow flow, int bytes)
    {
        List<UdpTally>? over = null;
        lock (_lock)
        {
            UdpTally tally = Find(destination, ref over);
            // After a change of the way, for a reload or a member that went down, another record begins.
            if (tally.Flow is not null && tally.Flow != flow)
            {
                End(tally, ref over);
                tally = Find(destination, ref over);
            }
            if (tally.Flow is null)
            {
                (tally.Flow, tally.Route, tally.Exit) = (flow, route, exit);
                tally.Left = flow.LeftTo(destination);
                if (tally.Left is { Kind: LeftKind.Target, Peer: { } peer }) _byPeer[Destination.FromEndPoint(peer)] = tally;
            }
            tally.BytesUp += bytes;
        }
        Tell(over);
    }

    /// <summary>A datagram has come back, for the client. One from a source that nothing was sent to counts for the association alone.</summary>
    public void Received(Destination source, int bytes)
    {
        lock (_lock)
        {
            if (!_byPeer.TryGetValue(source, out UdpTally? tally) && !_tallies.TryGetValue(source, out tally)) return;
            tally.LastActive = time.GetTimestamp();
            tally.Answered ??= tally.LastActive;
            tally.BytesDown += bytes;
        }
    }

    /// <summary>A datagram could not leave.</summary>
    public void Refused(Destination destination, Route? route, IExit? exit, DialFailure failure, string? detail)
    {
        List<UdpTally>? over = null;
        lock (_lock)
        {
            UdpTally tally = Find(destination, ref over);
            if (tally.Failure == DialFailure.None) (tally.Route, tally.Exit, tally.Failure, tally.Detail) = (route, exit, failure, detail);
        }
        Tell(over);
    }

    /// <summary>The association has ended.</summary>
    public void EndAll()
    {
        List<UdpTally>? over = null;
        lock (_lock)
            foreach (UdpTally tally in _tallies.Values.OrderBy(tally => tally.Number).ToArray()) End(tally, ref over);
        Tell(over);
    }

    // The list is made when the first one ends: most datagrams end none.
    private UdpTally Find(Destination destination, ref List<UdpTally>? over)
    {
        long now = time.GetTimestamp();
        Sweep(now, ref over);
        if (!_tallies.TryGetValue(destination, out UdpTally? tally))
        {
            if (_tallies.Count >= Max) End(_tallies.Values.MinBy(candidate => candidate.LastActive)!, ref over);
            tally = _tallies[destination] = new UdpTally
            {
                Number = ++_lastNumber, Destination = destination, Started = time.GetUtcNow(), Began = now,
            };
        }
        tally.LastActive = now;
        return tally;
    }

    private void Sweep(long now, ref List<UdpTally>? over)
    {
        if (time.GetElapsedTime(_swept, now) < SweepEvery) return;
        _swept = now;
        foreach (UdpTally tally in _tallies.Values.Where(tally => time.GetElapsedTime(tally.LastActive, now) >= UdpLanes.IdleLimit).ToArray())
            End(tally, ref over);
    }

    private void End(UdpTally tally, ref List<UdpTally>? over)
    {
        _tallies.Remove(tally.Destination);
        if (tally.Left?.Peer is { } peer && _byPeer.TryGetValue(Destination.FromEndPoint(peer), out UdpTally? known) && known == tally)
            _byPeer.Remove(Destination.FromEndPoint(peer));
        (over ??= []).Add(tally);
    }

    private void Tell(List<UdpTally>? over)
    {
        if (over is null) return;
        foreach (UdpTally tally in over) ended(tally);
    }
}
