using System.Security.Cryptography;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Server;

/// <summary>Pre-shared keys of the tunnel.</summary>
public static class TunnelKey
{
    /// <summary>Makes a key of 32 random bytes.</summary>
    /// <returns><c>base64:</c> and the bytes in base64, 51 characters: the text for the key <c>key</c> of a configuration. It is secret.</returns>
    public static string Generate()
    {
        Span<byte> key = stackalloc byte[TunnelPsk.KeyLength];
        RandomNumberGenerator.Fill(key);
        string text = "base64:" + Convert.ToBase64String(key);
        CryptographicOperations.ZeroMemory(key);
        return text;
    }
}
