using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>Basic credentials (RFC 7617) from and into a field value.</summary>
internal static class HttpBasicCredentials
{
    /// <summary>Reads <c>Basic base64(user:password)</c>.</summary>
    /// <param name="value">The value of Proxy-Authorization.</param>
    /// <param name="decoded">Receives the decoded text; at least as long as the value.</param>
    /// <param name="name">The user, within <paramref name="decoded"/>.</param>
    /// <param name="password">The password, within <paramref name="decoded"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> value, Span<byte> decoded, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> password)
    {
        name = password = default;
        int space = value.IndexOf((byte)' ');
        if (space < 0 || !Ascii.EqualsIgnoreCase(value[..space], "Basic"u8)) return false;
        ReadOnlySpan<byte> encoded = HttpChars.Trim(value[space..]);
        if (Base64.DecodeFromUtf8(encoded, decoded, out _, out int written) != OperationStatus.Done) return false;
        int colon = decoded[..written].IndexOf((byte)':');
        if (colon < 0) return false;
        name = decoded[..colon];
        password = decoded[(colon + 1)..written];
        return true;
    }

    /// <summary>The field value for a user and a password.</summary>
    public static byte[] Format(string name, ReadOnlySpan<byte> password)
    {
        byte[] user = Encoding.UTF8.GetBytes(name);
        byte[] plain = [.. user, (byte)':', .. password];
        byte[] encoded = new byte[Base64.GetMaxEncodedToUtf8Length(plain.Length)];
        Base64.EncodeToUtf8(plain, encoded, out _, out int written);
        Array.Clear(plain);
        return [.. "Basic "u8, .. encoded.AsSpan(0, written)];
    }
}
