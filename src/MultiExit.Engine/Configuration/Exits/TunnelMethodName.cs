using System.Text.Json.Serialization;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>How the frames of a tunnel are protected, inside its TLS (docs/protocols.md).</summary>
public enum TunnelMethodName
{
    /// <summary><c>chacha20-poly1305</c>.</summary>
    [JsonStringEnumMemberName("chacha20-poly1305")]
    ChaCha20Poly1305 = 1,
    /// <summary><c>aes-256-gcm</c>.</summary>
    [JsonStringEnumMemberName("aes-256-gcm")]
    Aes256Gcm = 2,
    /// <summary><c>tls</c>: by TLS alone; the fastest. Needs a certificate that the client checks.</summary>
    Tls = 3,
}
