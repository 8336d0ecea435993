using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>The text of a key: a password by SIP004; by SIP022 the key itself as base64, by SIP023 that of the server and that of the user with a colon
/// between.</summary>
internal static class ShadowsocksKeyText
{
    // That of the server and that of the user. Servers that pass on to each other have more; they are not spoken here.
    private const int MaxKeys = 2;

    /// <summary>Reads it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="keys">The keys, that of the connection last.</param>
    /// <param name="problem">Why it is none, without a part of it.</param>
    public static bool TryRead(
        ShadowsocksMethod method, ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[][]? keys, [NotNullWhen(false)] out string? problem)
    {
        keys = null;
        problem = null;
        if (!method.Is2022())
        {
            keys = [ShadowsocksKeys.FromPassword(text, method.KeyLength())];
            return true;
        }
        string[] parts = Encoding.UTF8.GetString(text).Split(':');
        byte[][] read = new byte[parts.Length][];
        if (parts.Length > MaxKeys) problem = "expected at most the key of the server and that of the user; servers that pass on to others are not spoken to";
        else if (parts.Length > 1 && method.IsChaCha()) problem = $"{method.Name()} has no identity headers, so one key only";
        for (int i = 0; i < parts.Length && problem is null; i++)
        {
            read[i] = new byte[method.KeyLength()];
            if (!Convert.TryFromBase64String(parts[i], read[i], out int length) || length != read[i].Length)
                problem = $"expected {method.KeyLength()} random octets as base64, as `openssl rand -base64 {method.KeyLength()}` makes them";
        }
        if (problem is not null) return false;
        keys = read;
        return true;
    }

    /// <summary>Reads the key of a user of a server, of the length of one method or another.</summary>
    public static bool TryReadUserKey(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? key)
    {
        Span<byte> room = stackalloc byte[ShadowsocksMethods.MaxKeyLength];
        bool isKey = Convert.TryFromBase64String(Encoding.UTF8.GetString(text), room, out int length) && length is 16 or 32;
        key = isKey ? room[..length].ToArray() : null;
        return isKey;
    }
}
