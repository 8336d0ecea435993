namespace MultiExit.Engine.Transport;

/// <summary>How often the requests that are being dialed through an exit with carriers have come through listeners of this process
/// (<see cref="OwnConnections"/>): at the other end of a carrier it is unknown which of them a stream belongs to, so the greatest number counts
/// for all. Thread-safe.</summary>
internal sealed class CarriedHops
{
    private readonly Lock _lock = new();
    private readonly int[] _dials = new int[OwnConnections.MaxHops + 2];

    /// <summary>The greatest number of them now.</summary>
    public int Most
    {
        get
        {
            lock (_lock) return Math.Max(0, Array.FindLastIndex(_dials, count => count > 0));
        }
    }

    /// <summary>Counts a dial until the result is disposed.</summary>
    /// <param name="hops">How often its request has come through listeners of this process.</param>
    public Dial Begin(int hops)
    {
        int index = Math.Min(hops, _dials.Length - 1);
        lock (_lock) _dials[index]++;
        return new Dial(this, index);
    }

    /// <summary>A dial that is under way.</summary>
    internal readonly struct Dial(CarriedHops hops, int index) : IDisposable
    {
        public void Dispose()
        {
            lock (hops._lock) hops._dials[index]--;
        }
    }
}
