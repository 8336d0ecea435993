namespace MultiExit.Engine.Inbounds;

/// <summary>Counts the UDP associations of inbounds: in all, and of each owner (a user, or a client). Outlives reloads. Thread-safe.</summary>
/// <remarks>Where a client's datagrams alone make an association, each of its ports has one, and nothing says when it needs one no more: a resolver has a new
/// port for each question. So a new one takes the place of the owner's that has been quiet for longest, where that is a second or more.</remarks>
internal sealed class UdpQuota
{
    /// <summary>How long an association has to be quiet to make room.</summary>
    public static readonly TimeSpan LeastQuiet = TimeSpan.FromSeconds(1);

    // Those that are looked at, the oldest ones: a search is not to cost more than what it finds room for.
    private const int MostLookedAt = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Inbound, object Owner), LinkedList<UdpSeat>> _perOwner = [];
    private readonly Dictionary<string, int> _totals = new(StringComparer.Ordinal);

    /// <summary>Counts an association, in the place of one that may make room where its owner has no other.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="owner">The owner of the association.</param>
    /// <param name="perOwner">The most that an owner may have there.</param>
    /// <param name="total">The most that the inbound may have.</param>
    /// <returns>Its place; null: there is none.</returns>
    public UdpSeat? TryEnter(string inbound, object owner, int perOwner, int total)
    {
        UdpSeat? quiet = null;
        UdpSeat seat = new(this, inbound, owner);
        lock (_lock)
        {
            LinkedList<UdpSeat> mine = _perOwner.TryGetValue(seat.Key, out LinkedList<UdpSeat>? known) ? known : _perOwner[seat.Key] = [];
            if ((mine.Count >= perOwner || _totals.GetValueOrDefault(inbound) >= total) && !TryMakeRoom(mine, out quiet))
            {
                if (mine.Count == 0) _perOwner.Remove(seat.Key);
                return null;
            }
            seat.Place = mine.AddLast(seat);
            _totals[inbound] = _totals.GetValueOrDefault(inbound) + 1;
        }
        quiet?.End();
        return seat;
    }

    /// <summary>Uncounts an association, if it has not made room already.</summary>
    public void Leave(UdpSeat seat)
    {
        lock (_lock)
        {
            if (seat.Place is not { List: { } mine }) return;
            Remove(seat, mine);
            if (mine.Count == 0) _perOwner.Remove(seat.Key);
            if (_totals[seat.Key.Inbound] == 0) _totals.Remove(seat.Key.Inbound);
        }
    }

    private bool TryMakeRoom(LinkedList<UdpSeat> mine, out UdpSeat? quiet)
    {
        quiet = mine.Take(MostLookedAt).MaxBy(seat => seat.Quiet);
        if (quiet is null || quiet.Quiet < LeastQuiet) return false;
        Remove(quiet, mine);
        return true;
    }

    private void Remove(UdpSeat seat, LinkedList<UdpSeat> mine)
    {
        mine.Remove(seat.Place!);
        seat.Place = null;
        _totals[seat.Key.Inbound]--;
    }
}
