using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>Sec-WebSocket-Key and the answer to it (RFC 6455 section 4.2.2): they only prove that the server speaks this protocol.</summary>
internal static class WebSocketKey
{
    /// <summary>The length of the random value in bytes.</summary>
    public const int RandomLength = 16;

    /// <summary>True for the base64 form of 16 bytes.</summary>
    public static bool IsValid(ReadOnlySpan<byte> key) => key.Length == 24 && Base64.IsValid(key, out int length) && length == RandomLength;

    /// <summary>The key for 16 random bytes.</summary>
    public static string Format(ReadOnlySpan<byte> random) => Convert.ToBase64String(random[..RandomLength]);

    /// <summary>The value of Sec-WebSocket-Accept for a key.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 names SHA-1; nothing is kept secret with it.")]
    public static string Accept(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.Latin1.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
