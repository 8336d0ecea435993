using System.Buffers.Binary;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>The salts that have come, so that no request is served twice. Exact, and bounded: two generations, of which the older one is dropped once the
/// newer one is full, or has its age. Thread-safe.</summary>
/// <param name="lifetime">How long a salt is kept at least, while there is room.</param>
/// <param name="capacity">The most salts of a generation.</param>
/// <param name="time">The clock.</param>
internal sealed class SaltFilter(TimeSpan lifetime, int capacity, TimeProvider time)
{
    private const int Length = 32;

    private readonly Lock _lock = new();
    private HashSet<(UInt128, UInt128)> _new = [];
    private HashSet<(UInt128, UInt128)> _old = [];
    private long _since = time.GetTimestamp();

    /// <summary>Remembers a salt, whose request is known to be genuine.</summary>
    /// <returns>False when it has come before.</returns>
    public bool TryAdd(ReadOnlySpan<byte> salt)
    {
        (UInt128, UInt128) key = KeyOf(salt);
        lock (_lock)
        {
            if (_new.Count >= capacity || time.GetElapsedTime(_since) >= lifetime) Turn();
            return !_old.Contains(key) && _new.Add(key);
        }
    }

    /// <summary>All that are kept, 32 octets each.</summary>
    public byte[] Export()
    {
        lock (_lock)
        {
            byte[] all = new byte[(_old.Count + _new.Count) * Length];
            int at = 0;
            foreach ((UInt128 high, UInt128 low) in _old.Concat(_new))
            {
                BinaryPrimitives.WriteUInt128BigEndian(all.AsSpan(at), high);
                BinaryPrimitives.WriteUInt128BigEndian(all.AsSpan(at + (Length / 2)), low);
                at += Length;
            }
            return all;
        }
    }

    /// <summary>Takes those that another process has kept.</summary>
    public void Import(ReadOnlySpan<byte> salts)
    {
        lock (_lock)
        {
            for (; salts.Length >= Length && _old.Count < 2 * capacity; salts = salts[Length..]) _old.Add(KeyOf(salts[..Length]));
        }
    }

    private void Turn()
    {
        // Where nothing has come for two lifetimes, what is kept is too old as well.
        bool isStale = time.GetElapsedTime(_since) >= 2 * lifetime;
        (_old, _new) = (isStale ? [] : _new, []);
        _since = time.GetTimestamp();
    }

    private static (UInt128, UInt128) KeyOf(ReadOnlySpan<byte> salt)
    {
        Span<byte> padded = stackalloc byte[Length];
        padded.Clear();
        salt.CopyTo(padded);
        return (BinaryPrimitives.ReadUInt128BigEndian(padded), BinaryPrimitives.ReadUInt128BigEndian(padded[16..]));
    }
}
