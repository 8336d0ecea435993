using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Identity;

/// <summary>The answers of one back-end, by a keyed hash of the question: neither names nor secrets are kept. Not thread-safe, but
/// <see cref="KeyOf"/> is.</summary>
/// <param name="lasts">How long an answer counts.</param>
/// <param name="time">The clock.</param>
internal sealed class AnswerCache(TimeSpan lasts, TimeProvider time)
{
    /// <summary>How many good answers are kept.</summary>
    public const int MaxGood = 8192;

    /// <summary>How many denials are kept: they have places of their own, so that a flood of them pushes out none of the others.</summary>
    public const int MaxDenied = 2048;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, (BackEndAnswer Answer, long Since, LinkedListNode<string> Place)> _good = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _denied = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _order = new();
    private readonly Queue<(string Key, long Since)> _denials = new();

    /// <summary>How long a denial counts at most: who has just been let in at the back-end is let in soon.</summary>
    public static TimeSpan LongestDenial { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a good answer may stand in for one that does not come.</summary>
    public static TimeSpan LongestOutage { get; } = TimeSpan.FromHours(1);

    /// <summary>How many answers there are.</summary>
    public int Count => _good.Count + _denied.Count;

    private TimeSpan DenialLasts => lasts < LongestDenial ? lasts : LongestDenial;

    /// <summary>The key of a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="withClient">Whether another client asks another question; null: no.</param>
    public string KeyOf(BackEndQuestion question, string? withClient)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        using (IncrementalHash sum = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret))
        {
            // None of the parts before the secret has a NUL, so each ends where it seems.
            sum.AppendData(Encoding.UTF8.GetBytes($"{(question.Name is null ? 't' : 'p')}{question.Name}\0{withClient}\0"));
            sum.AppendData(question.Secret.Span);
            sum.GetHashAndReset(mac);
        }
        return Convert.ToBase64String(mac);
    }

    /// <summary>The answer that counts now.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out BackEndAnswer? answer)
    {
        answer = null;
        if (_denied.TryGetValue(key, out long denied) && time.GetElapsedTime(denied) < DenialLasts) answer = BackEndAnswer.Denied;
        else if (_good.TryGetValue(key, out var good) && time.GetElapsedTime(good.Since) < lasts) answer = good.Answer;
        return answer is not null;
    }

    /// <summary>A good answer that may stand in for one that does not come.</summary>
    public BackEndAnswer? LastGood(string key) =>
        _good.TryGetValue(key, out var good) && time.GetElapsedTime(good.Since) < LongestOutage ? good.Answer : null;

    /// <summary>A user is let in.</summary>
    public void Allowed(string key, BackEndAnswer answer)
    {
        _denied.Remove(key);
        if (_good.Remove(key, out var before)) _order.Remove(before.Place);
        _good[key] = (answer, time.GetTimestamp(), _order.AddLast(key));
        if (_good.Count <= MaxGood) return;
        _good.Remove(_order.First!.Value);
        _order.RemoveFirst();
    }

    /// <summary>A user is not let in.</summary>
    /// <returns>Whether the same secret had let it in before.</returns>
    public bool Denied(string key)
    {
        bool wasGood = _good.Remove(key, out var before);
        if (wasGood) _order.Remove(before.Place);
        long now = time.GetTimestamp();
        _denied[key] = now;
        _denials.Enqueue((key, now));
        while (_denials.TryPeek(out (string Key, long Since) oldest) && (_denials.Count > MaxDenied || time.GetElapsedTime(oldest.Since) >= DenialLasts))
        {
            _denials.Dequeue();
            // The same may have been denied again since.
            if (_denied.TryGetValue(oldest.Key, out long since) && since == oldest.Since) _denied.Remove(oldest.Key);
        }
        return wasGood;
    }
}
