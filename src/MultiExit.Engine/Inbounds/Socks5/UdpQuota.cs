namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>Counts the UDP associations of an inbound: in all, and of each owner (a user, or a client address). Thread-safe.</summary>
internal sealed class UdpQuota(int perOwner, int total)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, int> _counts = [];
    private int _count;

    public bool TryEnter(object owner)
    {
        lock (_lock)
        {
            int mine = _counts.GetValueOrDefault(owner);
            if (mine >= perOwner || _count >= total) return false;
            _counts[owner] = mine + 1;
            _count++;
            return true;
        }
    }

    public void Leave(object owner)
    {
        lock (_lock)
        {
            _count--;
            int mine = _counts[owner] - 1;
            if (mine == 0) _counts.Remove(owner);
            else _counts[owner] = mine;
        }
    }
}
