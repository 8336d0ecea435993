using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Identity;

/// <summary>Which pairs of hash and password were right lately. Neither is kept: only their SHA-256 with a key that is made at the start and known nowhere
/// else. A user whose hash changes has another pair. Not thread-safe, but <see cref="KeyOf"/> is.</summary>
internal sealed class VerifiedPasswords(TimeProvider time)
{
    /// <summary>How many are kept.</summary>
    public const int MaxCount = 4096;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, long> _until = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, long Since)> _order = new();

    /// <summary>How long one is kept.</summary>
    public static TimeSpan Lasts { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The key of a pair.</summary>
    public string KeyOf(PasswordHash hash, ReadOnlySpan<byte> password)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        using (IncrementalHash sum = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret))
        {
            // The text of a hash has no NUL, so its end is where it seems.
            sum.AppendData(Encoding.ASCII.GetBytes(hash.Reveal() + "\0"));
            sum.AppendData(password);
            sum.GetHashAndReset(mac);
        }
        return Convert.ToBase64String(mac);
    }

    /// <summary>Whether a pair was right lately.</summary>
    public bool Contains(string key)
    {
        DropOld();
        return _until.ContainsKey(key);
    }

    /// <summary>A pair was right.</summary>
    public void Add(string key)
    {
        DropOld();
        long now = time.GetTimestamp();
        if (!_until.TryAdd(key, now)) return;
        _order.Enqueue((key, now));
        if (_order.Count > MaxCount) _until.Remove(_order.Dequeue().Key);
    }

    private void DropOld()
    {
        while (_order.TryPeek(out (string Key, long Since) oldest) && time.GetElapsedTime(oldest.Since) >= Lasts)
        {
            _order.Dequeue();
            _until.Remove(oldest.Key);
        }
    }
}
