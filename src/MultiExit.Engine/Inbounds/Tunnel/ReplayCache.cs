using System.Buffers.Binary;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>The randoms of all handshakes whose time is still within the window: exact, never probabilistic, and bounded.</summary>
/// <remarks>Kept by the minute of the client's own timestamp, which the MAC covers: a replay carries the same one, so it is looked for in
/// one set only, and a whole set is forgotten once its minute has left the window.</remarks>
internal sealed class ReplayCache(int capacity = ReplayCache.DefaultCapacity)
{
    /// <summary>More than the default rate of handshakes can fill in a window; about 40 MiB.</summary>
    public const int DefaultCapacity = 1_000_000;

    private const long Minute = 60;
    private const int Length = 16;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, HashSet<UInt128>> _minutes = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>Remembers a handshake.</summary>
    /// <param name="random">Its random.</param>
    /// <param name="timestamp">Its time in Unix seconds, already found to be within the window.</param>
    /// <param name="now">The time in Unix seconds.</param>
    /// <returns>False when it was seen before, or when there is no room: then it cannot be known whether it is a replay.</returns>
    public bool TryAdd(UInt128 random, long timestamp, long now)
    {
        lock (_lock)
        {
            Forget(now);
            if (_count >= capacity) return false;
            long minute = Math.DivRem(timestamp, Minute).Quotient;
            if (!_minutes.TryGetValue(minute, out HashSet<UInt128>? seen)) _minutes[minute] = seen = [];
            if (!seen.Add(random)) return false;
            _count++;
            return true;
        }
    }

    /// <summary>All that are remembered, by minute, 16 octets each.</summary>
    public IReadOnlyDictionary<long, byte[]> Export()
    {
        lock (_lock)
        {
            return _minutes.ToDictionary(minute => minute.Key, minute =>
            {
                byte[] all = new byte[minute.Value.Count * Length];
                int at = 0;
                foreach (UInt128 random in minute.Value)
                {
                    BinaryPrimitives.WriteUInt128BigEndian(all.AsSpan(at), random);
                    at += Length;
                }
                return all;
            });
        }
    }

    /// <summary>Takes those that another process remembers.</summary>
    public void Import(IReadOnlyDictionary<long, byte[]> minutes)
    {
        lock (_lock)
        {
            foreach ((long minute, byte[] randoms) in minutes)
            {
                if (!_minutes.TryGetValue(minute, out HashSet<UInt128>? seen)) _minutes[minute] = seen = [];
                for (int at = 0; at + Length <= randoms.Length && _count < capacity; at += Length)
                    if (seen.Add(BinaryPrimitives.ReadUInt128BigEndian(randoms.AsSpan(at)))) _count++;
            }
        }
    }

    private void Forget(long now)
    {
        foreach ((long minute, HashSet<UInt128> seen) in _minutes)
        {
            if ((minute + 1) * Minute + TunnelHandshake.MaxClockSkew >= now) continue;
            _count -= seen.Count;
            _minutes.Remove(minute); // allowed while enumerating
        }
    }
}
