using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Sessions;

/// <summary>How the values of session headers stand in records: they may be credentials of the clients, so that a keyed hash stands for each, which
/// is the same for the same value on this host and cannot be computed elsewhere. Thread-safe.</summary>
internal sealed class SessionKeys
{
    private const int Length = 8;
    private volatile bool _isPlain;

    /// <summary>Whether they stand there as they were sent (<c>records.session_keys: plain</c>).</summary>
    public bool IsPlain
    {
        get => _isPlain;
        set => _isPlain = value;
    }

    /// <summary>The text for a record; null for no value.</summary>
    public string? Show(string? key)
    {
        if (key is null || IsPlain) return key;
        byte[] hash = HMACSHA256.HashData(HostSecret.Value, Encoding.UTF8.GetBytes("session key\n" + key));
        return Convert.ToHexStringLower(hash.AsSpan(0, Length));
    }
}
